// Several processes share PostgreSQL: what one has in hand when it dies is taken up by another within seconds.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejectionOf } from '#test/db/contract/harness.ts';
import { openAppFixtureIn } from '#test/support/app-fixture/app-fixture.ts';
import { createShopClient } from '#test/support/app-fixture/shop-client.ts';
import { openWorld, storeKey } from '#test/support/app-fixture/world.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { findFreePort } from '#test/support/process/free-port.ts';
import { createProductProcess } from '#test/support/process/product-process.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** The leases that the dead process had would last three minutes. */
const seconds = 20_000;

test('an order whose process died in the middle of it is answered by another process within seconds', async () => {
  const world = await openWorld({ env: { DATABASE_URL: await server.createDatabase('none') } });
  const port = String(await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const first = createProductProcess({ url, environment: { ...world.environment, PORT: port } });
  first.start();
  await first.awaitReady();
  await using second = await openAppFixtureIn(world);
  const draft = { provider: 'btcpay', key: 'a-key' } as const;
  world.sandbox.faults('btcpay').failNextCommand('timeout_after');
  const lost = rejectionOf(createShopClient({ url, key: storeKey }).tryOrder(draft));
  await awaitUntil(() => world.sandbox.records('btcpay').length === 1, { what: 'the call to the provider' });
  expect((await second.tryOrder(draft)).status).toBe(409);
  await first.kill();
  expect(await lost).toBeInstanceOf(TypeError);
  await awaitUntil(async () => (await second.tryOrder(draft)).status === 201, {
    what: 'an answer from the other process',
    timeoutMs: seconds,
  });
  expect(world.sandbox.records('btcpay')).toHaveLength(1);
  first.remove();
});
