// A second start on the same file, by mistake or by a supervisor that is too quick: the process that works is not disturbed.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { runMain } from '#test/support/process/run-main.ts';

test('a second start on the same file ends with a sentence and its own exit code, before it touches anything', {
  timeout: 120_000,
}, async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  const other = new Database(app.file);
  other.prepare("update payments set locked_by = 'in hand', locked_until = 9e15 where order_id = ?").run(order.id);
  for (const word of ['start', 'migrate']) {
    const second = await runMain([word], { ...app.environment, PORT: '0', LOG_LEVEL: 'warn' });
    expect(second, word).toMatchObject({ status: 75, lines: [] });
    expect(second.said).toBe(
      `DatabaseInUse: another process uses ${app.file}: a SQLite file has one process; stop that one first\n`,
    );
  }
  const held = other.prepare('select locked_by from payments where order_id = ?').pluck().get(order.id);
  other.close();
  expect(held).toBe('in hand');
  expect((await app.getOrder(order.id)).number).toBe(order.number);
});
