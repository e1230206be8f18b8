// The export of Payhip: everything from its events and files, without credentials and license keys.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { second } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  dropFile,
  licensed,
  paidBody,
  secretOf,
  sellerAt,
  setSecret,
  tell,
  textNow,
} from '#test/support/app-fixture/payhip-seller.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

test('everything about Payhip is exported, without licenses, signature or address', {
  timeout: 90 * second,
}, async () => {
  await using app = await openAppFixture();
  await addProduct(app, licensed.words);
  await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
  const sale = sellerAt(app).buy({ productKey: licensed.key, email: 'kim@customer.example' });
  const order = await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  sellerAt(app).refund(sale.id, 1_000);
  await awaitSale(app, sale.id, ({ status }) => status === 'partially_refunded');
  const subscription = { subscription_id: 'SUB_1', customer_email: 'sub@customer.example', plan_name: 'Monthly' };
  const { signature } = paidBody(app);
  const told = { ...subscription, product_name: 'Fonts', type: 'subscription.created', signature };
  expect((await tell(app, told)).status).toBe(200);
  await app.awaitQuiet();
  const plan = await dropFile(app, { name: 'sales.csv', text: exportCsv([sale]).replace('89.00', '90.00') });
  await app.tap(plan, 'Keep the result');

  const question = await app.ask('/providers exit payhip');
  await app.tap(question, 'Yes, export it');
  const isOver = () => textNow(app, question).includes('Exported Payhip');
  await awaitUntil(isOver, {
    what: 'the end of the export',
    instead: () => textNow(app, question),
    timeoutMs: 60 * second,
  });
  const files = new Map<string, string>();
  for (const { document } of app.telegram.messages({ bot: adminBot, chatId: owner.id })) {
    if (document === undefined) continue;
    files.set(document.name, await (await fetch(`${app.telegram.url}/page/files/${document.fileId}`)).text());
  }
  const rowsOf = (table: string): unknown[] =>
    (files.get(`payhip-${table}.jsonl`) ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(rowsOf('orders')).toMatchObject([{ id: order.id, status: 'partially_refunded', amount: '89.00' }]);
  expect(rowsOf('payments')).toMatchObject([{ reference: sale.id, trust: 'token' }]);
  expect(rowsOf('refunds')).toMatchObject([{ status: 'succeeded', amount: '10.00' }]);
  expect(rowsOf('sales')).toMatchObject([{ reference: sale.id, returned_minor: 1_000 }]);
  expect(rowsOf('subscriptions')).toMatchObject([{ reference: 'SUB_1', status: 'active', plan: 'Monthly' }]);
  expect(rowsOf('exceptions')).toMatchObject([{ kind: 'finding_amount', reference: sale.id }]);
  expect(rowsOf('reconciliation-runs')).toMatchObject([{ status: 'finished', compared: 1, open: 1 }]);
  expect(rowsOf('reconciliation-findings')).toMatchObject([
    { kind: 'amount', there: expect.stringContaining('90.00') },
  ]);
  const events = rowsOf('events') as { event_type: string; body: string }[];
  expect(events.map(({ event_type: type }) => type)).toEqual(['paid', 'refunded', 'subscription.created']);
  const bodies = events.map(({ body }) => JSON.parse(body));
  expect(bodies[0]).toMatchObject({ id: sale.id, price: 8900, items: [{ license_key: '…' }], signature: '…' });
  expect(bodies[2]).toEqual({ ...told, signature: '…' });

  const everything = [...files.values()].join('\n');
  const apiKey = app.environment['PAYHIP_API_KEY'] ?? '';
  const secrets = {
    license: sale.licenseKey ?? '',
    licenseHash: createHash('sha256')
      .update(sale.licenseKey ?? '')
      .digest('base64url'),
    signature: createHash('sha256').update(apiKey).digest('hex'),
    apiKey,
    address: app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '',
    productSecret: secretOf(app, licensed.key),
  };
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(5);
    expect(everything, name).not.toContain(secret);
    expect(app.logLines.join(''), name).not.toContain(secret);
  }
});
