import { describe, expect, test } from 'vitest';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type BtcPayClient, btcpayClient } from './clients.ts';
import { type Clock, call, createClock, readSample, startMs, startSandbox } from './support.ts';

interface Setting {
  readonly sandbox: ProviderSandbox;
  readonly clock: Clock;
  readonly client: BtcPayClient;
  visit(reference: string, action: VisitAction, fraction?: string): Promise<void>;
}

async function start(): Promise<Setting> {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  return {
    sandbox,
    clock,
    client: btcpayClient(sandbox),
    visit: (reference, action, fraction) => sandbox.visit({ provider: 'btcpay', reference, action, fraction }),
  };
}

describe('the key', () => {
  test('is wanted in the token scheme', async () => {
    const { sandbox, client } = await start();
    const key = sandbox.environment['BTCPAY_API_KEY'];
    const url = `${sandbox.apiUrls.btcpay}/api/v1${client.store}/invoices?take=10`;
    for (const authorization of [`Bearer ${key}`, 'token wrong', `Basic ${key}`]) {
      expect((await call(url, { headers: { authorization } })).status).toBe(401);
    }
    expect((await call(url)).status).toBe(401);
    expect((await call(url, { headers: { authorization: `token ${key}` } })).status).toBe(200);
  });

  test('shows its permissions, which are for one store', async () => {
    const { client, sandbox } = await start();
    const { json } = await client.request('GET', '/api-keys/current');
    expect(json.permissions).toContain(`btcpay.store.cancreateinvoice:${sandbox.environment['BTCPAY_STORE_ID']}`);
    const other = await client.request('GET', '/stores/another/invoices?take=1');
    expect([other.status, other.json]).toEqual([403, readSample('btcpay/error-403.json')]);
  });

  test('without the permission gets the documented 403', async () => {
    const account = { apiKey: 'k', storeId: 's', webhookSecret: 'w', permissions: ['btcpay.store.canviewinvoices'] };
    const sandbox = await startSandbox({ accounts: { btcpay: account } });
    const answer = await call(`${sandbox.apiUrls.btcpay}/api/v1/stores/s/invoices`, {
      method: 'POST',
      headers: { authorization: 'token k', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.json).toMatchObject({
      code: 'missing-permission',
      missingPermission: 'btcpay.store.cancreateinvoice',
    });
  });
});

describe('creation', () => {
  test('answers with InvoiceData', async () => {
    const { client } = await start();
    const sample = readSample<Record<string, object>>('btcpay/invoice-settled.CONSTRUCTED.json');
    const request = readSample<{ checkout: object }>('btcpay/create-invoice-request.json');
    const answer = await client.request('POST', `${client.store}/invoices`, request);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual(Object.keys(sample));
    expect(Object.keys(answer.json.checkout)).toEqual(Object.keys(sample['checkout'] ?? {}));
    expect(answer.json).toMatchObject({
      amount: '49.00',
      paidAmount: '0.00',
      status: 'New',
      additionalStatus: 'None',
      createdTime: startMs / 1000,
      expirationTime: startMs / 1000 + 30 * 60,
      checkout: request.checkout,
    });
  });

  test.each([
    ['amount', { amount: 49 }],
    ['amount', { amount: '-1.00' }],
    ['amount', { amount: '49.001' }],
    ['amount', { amount: null }],
    ['currency', { currency: 'XXQ' }],
    ['currency', { currency: undefined }],
    ['metadata', { metadata: 'ord_1' }],
    ['checkout.speedPolicy', { checkout: { speedPolicy: 'fast' } }],
    ['checkout.expirationMinutes', { checkout: { expirationMinutes: 0 } }],
    ['checkout.paymentTolerance', { checkout: { paymentTolerance: 101 } }],
    ['checkout.redirectURL', { checkout: { redirectURL: 'http://shop.example.com' } }],
  ])('refuses a wrong %s with an array of faults', async (path, fields) => {
    const { client, sandbox } = await start();
    const answer = await client.create(fields);
    expect([answer.status, answer.json[0].path]).toEqual([422, path]);
    expect(sandbox.records('btcpay')).toEqual([]);
  });

  test('is not idempotent', async () => {
    const { client, sandbox } = await start();
    await client.create();
    await client.create();
    expect(sandbox.records('btcpay').map(({ orderId }) => orderId)).toEqual(['ord_1001', 'ord_1001']);
  });
});

describe('the list', () => {
  test('is newest first, paged by skip and take within a window of seconds', async () => {
    const { client, clock } = await start();
    const ids: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      ids.unshift((await client.create({ metadata: { orderId: `ord_${index}` } })).json.id);
      clock.advance(60_000);
    }
    const list = async (query: string) => {
      const answer = await client.request('GET', `${client.store}/invoices?${query}`);
      return answer.json.map(({ id }: { id: string }) => id);
    };
    const at = (minutes: number) => startMs / 1000 + minutes * 60;
    expect(await list('take=10')).toEqual(ids);
    expect(await list('take=2&skip=1')).toEqual(ids.slice(1, 3));
    expect(await list(`take=10&startDate=${at(1)}&endDate=${at(2)}`)).toEqual(ids.slice(1, 3));
    expect(await list('take=10&orderId=ord_3&orderId=ord_0')).toEqual([ids[0], ids[3]]);
  });

  test('repeats status plainly and refuses brackets, milliseconds and a missing take', async () => {
    const { client, visit } = await start();
    const paid = (await client.create()).json.id;
    await client.create();
    await visit(paid, 'pay');
    const list = (query: string) => client.request('GET', `${client.store}/invoices?${query}`);
    expect((await list('take=10&status=Settled&status=Expired')).json).toMatchObject([{ id: paid }]);
    for (const query of [
      'take=10&status[]=New',
      'take=10&status%5B%5D=New',
      `take=10&startDate=${startMs}`,
      'status=New',
      'take=10&status=Paid',
    ]) {
      expect((await list(query)).status).toBe(422);
    }
  });

  test('leaves out what is archived', async () => {
    const { client } = await start();
    const { id } = (await client.create()).json;
    await client.request('DELETE', `${client.store}/invoices/${id}`);
    expect((await client.request('GET', `${client.store}/invoices?take=10`)).json).toEqual([]);
    expect((await client.request('GET', `${client.store}/invoices?take=10&includeArchived=true`)).json).toHaveLength(1);
  });
});
