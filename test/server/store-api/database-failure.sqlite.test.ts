import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await openServerFixture({ providers: ['btcpay'] });
});
afterEach(() => fixture.close());

const anyId = '/v1/orders/00000000-0000-7000-8000-000000000000';

test.each([
  ['GET /v1/orders', { path: '/v1/orders' }],
  ['GET /v1/orders/:id', { path: anyId }],
  ['POST /v1/orders', { path: '/v1/orders', body: orderBody() }],
  ['POST /v1/orders/:id/refunds', { path: `${anyId}/refunds`, body: { reason: 'Bought by mistake' } }],
])('%s says when to come again while the database is away, as it is described', async (_route, request) => {
  await fixture.db.database.close();
  const answer = await storeRequest(fixture, request);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(await answer.text()).not.toMatch(/sqlite|closed|at \//i);
  expect(fixture.logged.join()).toContain('request failed');
});

test('an order that cannot be stored is asked for again, and the same request is then taken', async () => {
  const request = { body: orderBody(), headers: { 'idempotency-key': 'cart-9' } };
  const other = new Database(fixture.db.file);
  try {
    other.exec('begin immediate');
    expect((await storeRequest(fixture, request)).status).toBe(503);
    other.exec('rollback');
  } finally {
    other.close();
  }
  expect((await storeRequest(fixture, request)).status).toBe(201);
});
