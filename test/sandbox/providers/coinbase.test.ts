import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeCoinbaseAccount } from '#sandbox/providers/coinbase/account.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type CoinbaseClient, coinbaseClient } from './clients.ts';
import { type Clock, createClock, readSample, startReceiver, startSandbox } from './support.ts';

async function start(): Promise<{ sandbox: ProviderSandbox; clock: Clock; client: CoinbaseClient }> {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  return { sandbox, clock, client: coinbaseClient(sandbox, clock) };
}

describe('creation', () => {
  test('answers with the documented object and nothing beside it', async () => {
    const { client, sandbox } = await start();
    const sample = readSample<Record<string, string>>('coinbase-business/checkout-active.CONSTRUCTED.json');
    const request = readSample<Record<string, unknown>>('coinbase-business/create-checkout-request.json');
    const answer = await client.create(request);
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.json).sort()).toEqual(Object.keys(sample).sort());
    expect(answer.json).toMatchObject({ ...request, status: 'ACTIVE' });
    expect(answer.json.id).toMatch(/^[0-9a-f]{24}$/);
    expect(answer.json.url.startsWith(sandbox.url)).toBe(true);
  });

  test.each([
    ['a number as amount', { amount: 100 }],
    ['three places', { amount: '1.001' }],
    ['a sign', { amount: '+1.00' }],
    ['nothing', { amount: '0.00' }],
    ['too much', { amount: '100000000.01' }],
    ['fiat', { currency: 'USD' }],
    ['another network', { network: 'ethereum' }],
    ['a long description', { description: 'x'.repeat(501) }],
    [
      'many metadata keys',
      { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 'v'])) },
    ],
    ['a long metadata value', { metadata: { key: 'x'.repeat(101) } }],
    ['a number in the metadata', { metadata: { key: 1 } }],
    ['a plain http address', { successRedirectUrl: 'http://shop.example.com/' }],
    ['a long address', { failRedirectUrl: `https://shop.example.com/${'x'.repeat(2048)}` }],
    ['an expiry in the past', { expiresAt: '2026-11-22T11:59:59Z' }],
    ['an expiry that is no time', { expiresAt: 'tomorrow' }],
    ['a misspelt field', { expires_at: '2026-12-31T23:59:59Z' }],
  ])('refuses %s', async (_name, fields) => {
    const { client, sandbox } = await start();
    const answer = await client.create(fields);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json)).toEqual(Object.keys(readSample<object>('coinbase-business/error-response.json')));
    expect(answer.json.errorType).toBe('invalid_request');
    expect(sandbox.records('coinbase')).toEqual([]);
  });

  test('wants an idempotency key that is a UUID v4', async () => {
    const { client } = await start();
    expect((await client.create({}, 'order-1')).status).toBe(400);
    expect((await client.request('POST', '/checkouts', { body: { amount: '1', currency: 'USDC' } })).status).toBe(400);
  });

  test('under one key happens once, and another body under it is an error', async () => {
    const { client, sandbox } = await start();
    const key = crypto.randomUUID();
    const first = await client.create({ description: 'One' }, key);
    const again = await client.create({ description: 'One' }, key);
    expect(again.text).toBe(first.text);
    const other = await client.create({ description: 'Two' }, key);
    expect([other.status, other.json.errorType]).toEqual([422, 'idempotency_error']);
    expect(sandbox.records('coinbase')).toMatchObject([{ idempotencyKey: key, createCalls: 2 }]);
  });

  test('that was refused does not use up its key', async () => {
    const { client } = await start();
    const key = crypto.randomUUID();
    expect((await client.create({ amount: 'much' }, key)).status).toBe(400);
    expect((await client.create({}, key)).status).toBe(201);
  });
});

describe('the list', () => {
  test('pages through a window of creation, newest first', async () => {
    const { client, clock } = await start();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift((await client.create()).json.id);
      clock.advance(60_000);
    }
    const window = 'startTime=2026-11-22T12:01:00Z&endTime=2026-11-22T12:03:00Z&pageSize=2';
    const first = await client.request('GET', `/checkouts?${window}`);
    expect(first.json.checkouts.map(({ id }: { id: string }) => id)).toEqual(ids.slice(1, 3));
    const second = await client.request('GET', `/checkouts?${window}&pageToken=${first.json.nextPageToken}`);
    expect(second.json.checkouts.map(({ id }: { id: string }) => id)).toEqual(ids.slice(3, 4));
    expect(second.json).not.toHaveProperty('nextPageToken');
  });

  test('filters by repeated status and refuses what it does not know', async () => {
    const { client, sandbox } = await start();
    const paid = (await client.create()).json.id;
    const open = (await client.create()).json.id;
    await client.create();
    await sandbox.visit({ provider: 'coinbase', reference: paid, action: 'pay' });
    await client.request('POST', `/checkouts/${open}/deactivate`);
    const found = await client.request('GET', '/checkouts?status=COMPLETED&status=DEACTIVATED');
    expect(found.json.checkouts.map(({ id }: { id: string }) => id)).toEqual([open, paid]);
    for (const query of [
      'pageSize=0',
      'pageSize=101',
      'status=PAID',
      'startTime=1763065015',
      'pageToken=x',
      'limit=5',
    ]) {
      expect((await client.request('GET', `/checkouts?${query}`)).status).toBe(400);
    }
  });
});

describe('the life of a checkout', () => {
  test('fetching knows only what exists', async () => {
    const { client } = await start();
    const answer = await client.request('GET', `/checkouts/${'0'.repeat(24)}`);
    expect([answer.status, answer.json.errorType]).toEqual([404, 'not_found']);
  });

  test('deactivation takes an empty body and an active checkout', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.create()).json;
    expect((await client.request('POST', `/checkouts/${id}/deactivate`, { body: {} })).status).toBe(400);
    expect((await client.request('POST', `/checkouts/${id}/deactivate`)).json.status).toBe('DEACTIVATED');
    expect((await client.request('POST', `/checkouts/${id}/deactivate`)).status).toBe(400);
    await expect(sandbox.visit({ provider: 'coinbase', reference: id, action: 'pay' })).rejects.toThrow(/DEACTIVATED/);
  });

  test('knows no underpaying, overpaying or paying late', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.create()).json;
    for (const action of ['underpay', 'overpay', 'pay_late'] as const) {
      await expect(sandbox.visit({ provider: 'coinbase', reference: id, action })).rejects.toThrow(action);
    }
  });

  test('a refund is pending first, may be partial, and never exceeds the amount', async () => {
    const { client, sandbox, clock } = await start();
    const { id } = (await client.create()).json;
    const refund = (amount: string) => client.request('POST', `/checkouts/${id}/refund`, { body: { amount } });
    expect((await refund('1.00')).status).toBe(400);
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'pay' });
    const first = await refund('40.00');
    expect([first.status, first.json.refund.status, first.json.checkout.status]).toEqual([200, 'PENDING', 'COMPLETED']);
    expect((await refund('60.01')).status).toBe(400);
    clock.advance(2_000);
    const partly = await client.request('GET', `/checkouts/${id}`);
    expect(partly.json).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: '40.00' });
    expect((await refund('60.00')).status).toBe(200);
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'fail_refund' });
    expect((await client.request('GET', `/checkouts/${id}`)).json.status).toBe('PARTIALLY_REFUNDED');
    expect((await refund('60.00')).status).toBe(200);
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'complete_refund' });
    expect((await client.request('GET', `/checkouts/${id}`)).json).toMatchObject({
      status: 'REFUNDED',
      refundedAmount: '100.00',
    });
  });

  test('a refund under one idempotency key happens once', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.create()).json;
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'pay' });
    const headers = { 'x-idempotency-key': crypto.randomUUID() };
    for (let index = 0; index < 2; index += 1) {
      await client.request('POST', `/checkouts/${id}/refund`, { body: { amount: '10.00' }, headers });
    }
    expect(sandbox.record('coinbase', id)?.refunds).toHaveLength(1);
  });

  test('a refund under one idempotency key happens twice where keys are not honoured for refunds', async () => {
    const { account, environment } = makeCoinbaseAccount();
    const made = await startSandbox({ accounts: { coinbase: { ...account, honoursRefundKeys: false } } });
    const sandbox = { ...made, environment: { ...made.environment, ...environment } };
    const client = coinbaseClient(sandbox, { now: Date.now, advance: () => undefined });
    const key = crypto.randomUUID();
    const { id } = (await client.create({}, key)).json;
    expect((await client.create({}, key)).json.id).toBe(id);
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'pay' });
    const request = { body: { amount: '10.00' }, headers: { 'x-idempotency-key': key } };
    for (let count = 0; count < 2; count += 1) await client.request('POST', `/checkouts/${id}/refund`, request);
    expect(sandbox.record('coinbase', id)?.refunds).toHaveLength(2);
  });
});

describe('webhooks', () => {
  test('carry the documented body and a signature that verifies', async () => {
    const { client, sandbox, clock } = await start();
    const receiver = await startReceiver();
    sandbox.setWebhookUrl('coinbase', receiver.url);
    const sample = readSample<Record<string, unknown>>('coinbase-business/webhook-checkout.payment.success.json');
    const { id } = (
      await client.create({
        description: sample['description'],
        metadata: sample['metadata'],
        successRedirectUrl: sample['successRedirectUrl'],
        failRedirectUrl: sample['failRedirectUrl'],
      })
    ).json;
    clock.advance(30_000);
    await sandbox.visit({ provider: 'coinbase', reference: id, action: 'pay' });
    await sandbox.settle();

    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const told = JSON.parse(body);
    expect(Object.keys(told).filter((name) => name !== 'tokenAddress')).toEqual(Object.keys(sample));
    expect(told).toMatchObject({ id, status: 'COMPLETED', settlement: sample['settlement'] });
    const match = /^t=(\d+),v0=([0-9a-f]{64}),h=([a-z0-9 -]+),v1=([0-9a-f]{64})$/.exec(
      String(headers['x-hook0-signature']),
    );
    const [, time = '', v0, names = '', v1] = match ?? [];
    const key = sandbox.environment['COINBASE_WEBHOOK_SECRET'] ?? '';
    const hex = (text: string) => createHmac('sha256', key).update(text).digest('hex');
    expect(Number(time)).toBe(clock.now() / 1000);
    expect(hex(`${time}.${body}`)).toBe(v0);
    const values = names.split(' ').map((name) => headers[name]);
    expect(hex(`${time}.${names}.${values.join('.')}.${body}`)).toBe(v1);
    expect(names.split(' ')).toEqual(expect.arrayContaining(['x-event-id', 'x-event-type']));
    expect(headers['x-event-type']).toBe('checkout.payment.success');
  });

  test('report failure, expiry and refunds, and not processing or deactivation', async () => {
    const { client, sandbox, clock } = await start();
    const receiver = await startReceiver();
    sandbox.setWebhookUrl('coinbase', receiver.url);
    const create = async () => (await client.create()).json.id as string;
    const [failed, cancelled, refunded, expired] = [await create(), await create(), await create(), await create()];
    await sandbox.visit({ provider: 'coinbase', reference: failed, action: 'pay_unconfirmed' });
    await sandbox.visit({ provider: 'coinbase', reference: failed, action: 'fail' });
    await client.request('POST', `/checkouts/${cancelled}/deactivate`);
    await sandbox.visit({ provider: 'coinbase', reference: refunded, action: 'pay' });
    await client.request('POST', `/checkouts/${refunded}/refund`, { body: { amount: '100.00' } });
    clock.advance(24 * 60 * 60 * 1000);
    await sandbox.settle();
    const told = receiver.received.map(({ body }) => JSON.parse(body)).map(({ id, eventType }) => [id, eventType]);
    expect(told.sort()).toEqual(
      [
        [failed, 'checkout.payment.failed'],
        [refunded, 'checkout.payment.success'],
        [refunded, 'checkout.refund.success'],
        [expired, 'checkout.payment.expired'],
      ].sort(),
    );
  });
});
