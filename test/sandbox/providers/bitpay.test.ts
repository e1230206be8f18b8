import { describe, expect, test } from 'vitest';
import type { BitPayAccount } from '#sandbox/providers/bitpay/account.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type BitPayClient, bitpayClient, bitpayHeaders } from './clients.ts';
import { type Clock, call, createClock, readSample, startSandbox } from './support.ts';

interface Setting {
  readonly sandbox: ProviderSandbox;
  readonly clock: Clock;
  readonly client: BitPayClient;
}

async function start(): Promise<Setting> {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  return { sandbox, clock, client: bitpayClient(sandbox) };
}

const visit = (
  sandbox: ProviderSandbox,
  reference: string,
  action: 'pay' | 'underpay' | 'overpay' | 'pay_unconfirmed',
) => sandbox.visit({ provider: 'bitpay', reference, action });

describe('with the pos token', () => {
  test('an invoice is made and fetched unsigned, in the shape of the official fixture', async () => {
    const { client, sandbox } = await start();
    const answer = await client.pos({
      orderId: 'ord_1',
      posData: '{"ref":1}',
      itemDesc: 'License',
      buyer: { email: 'a@b.c' },
    });
    expect([answer.status, answer.json.facade]).toEqual([200, 'pos/invoice']);
    const fixture = readSample<{ data: object }>('bitpay/createInvoiceResponse.json').data;
    const made = Object.keys(answer.json.data);
    expect(made.filter((name) => !(name in fixture) && name !== 'isCancelled')).toEqual([]);
    expect(answer.json.data).toMatchObject({
      status: 'new',
      price: 20,
      currency: 'USD',
      orderId: 'ord_1',
      posData: '{"ref":1}',
      exceptionStatus: false,
      amountPaid: 0,
      displayAmountPaid: '0',
    });
    expect(answer.json.data.expirationTime - answer.json.data.invoiceTime).toBe(15 * 60_000);
    expect((await client.fetch(answer.json.data.id)).json.data.id).toBe(answer.json.data.id);
    expect(answer.json.data.url.startsWith(sandbox.apiUrls.bitpay)).toBe(true);
  });

  test('amounts beyond 2^53 are exact JSON integers, with display texts beside them', async () => {
    const { client } = await start();
    const { text, json } = await client.pos({ price: 12345.67 });
    expect(text).toContain('"PAX":1.234567e+22');
    expect((await client.pos({ price: 20.01 })).text).toContain('"PAX":20010000000000000000');
    expect(json.data.paymentDisplayTotals.PAX).toBe('12345.67');
    // 12345.67 at 64000, rounded up to six places, and one unit of them for the miner.
    expect(json.data.paymentDisplaySubTotals.BTC).toBe('0.192902');
    expect(json.data.paymentDisplayTotals.BTC).toBe('0.192903');
    expect(json.data.paymentTotals.BTC).toBe(19_290_300);
  });

  test.each([
    ['no version header', { headers: { 'content-type': 'application/json' } }],
    ['another content type', { headers: { ...bitpayHeaders, 'content-type': 'text/plain' } }],
    ['no JSON', { body: '{' }],
    ['an unknown token', { fields: { token: 'wrong' } }],
    ['a price in a string', { fields: { price: '20.00' } }],
    ['a price of nothing', { fields: { price: 0 } }],
    ['more places than the currency has', { fields: { price: 20.001 } }],
    ['a missing price', { fields: { price: undefined } }],
    ['an unknown currency', { fields: { currency: 'XXQ' } }],
    ['plain http for the notifications', { fields: { notificationURL: 'http://shop.example.com/hook' } }],
    ['posData that is no text', { fields: { posData: { ref: 1 } } }],
    ['an unknown speed', { fields: { transactionSpeed: 'fast' } }],
    ['too long a window', { fields: { acceptanceWindow: 900_001 } }],
  ] as [string, { headers?: Record<string, string>; body?: string; fields?: object }][])(
    'creation with %s is refused',
    async (_name, { headers = bitpayHeaders, body, fields }) => {
      const { client, sandbox } = await start();
      const json = JSON.stringify({ token: client.posToken, price: 20, currency: 'USD', ...fields });
      const answer = await call(`${sandbox.apiUrls.bitpay}/invoices`, { method: 'POST', headers, body: body ?? json });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.json.error ?? answer.json.errors).toBeDefined();
      expect(sandbox.records('bitpay')).toEqual([]);
    },
  );

  test('missing parameters have the documented code', async () => {
    const { client } = await start();
    expect((await client.pos({ price: undefined })).json).toMatchObject({
      status: 'error',
      code: '010103',
      data: null,
    });
  });

  test('listing, cancelling and refunding are not possible', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.pos()).json.data;
    for (const [method, path] of [
      ['GET', '/invoices?dateStart=2026-11-22&dateEnd=2026-11-22&'],
      ['GET', '/invoices/guid/x?'],
      ['DELETE', `/invoices/${id}?`],
      ['GET', `/refunds?invoiceId=${id}&`],
    ] as const) {
      const url = `${sandbox.apiUrls.bitpay}${path}token=${client.posToken}`;
      expect((await call(url, { method, headers: bitpayHeaders })).status).toBe(401);
    }
  });

  test('a repeated guid returns the invoice that has it', async () => {
    const { client, sandbox } = await start();
    const first = await client.pos({ guid: 'g-1' });
    const again = await client.pos({ guid: 'g-1' });
    expect(again.json.data.id).toBe(first.json.data.id);
    expect(sandbox.records('bitpay')).toMatchObject([{ idempotencyKey: 'g-1', createCalls: 2 }]);
  });

  test('errors may come with status 200', async () => {
    const made = bitpayClient(await startSandbox());
    const account: BitPayAccount = { posToken: made.posToken, errorsWithStatus200: true };
    const sandbox = await startSandbox({ accounts: { bitpay: account } });
    const answer = await call(`${sandbox.apiUrls.bitpay}/invoices/none?token=${made.posToken}`, {
      headers: bitpayHeaders,
    });
    expect([answer.status, answer.json.error]).toEqual([200, 'Object not found']);
  });
});

describe('with the merchant token', () => {
  const list = '/invoices?dateStart=2026-11-22&dateEnd=2026-11-22';

  test('a signed request is served, and only a signed one', async () => {
    const { client, sandbox } = await start();
    expect((await client.signed('GET', list)).status).toBe(200);
    const unsigned = await call(`${sandbox.apiUrls.bitpay}${list}&token=${client.merchantToken}`, {
      headers: bitpayHeaders,
    });
    expect([unsigned.status, unsigned.json]).toEqual([401, readSample('bitpay/invalidSignature.json')]);
  });

  test.each([
    ['the path alone is signed', (url: string) => ({ signedText: new URL(url).pathname })],
    ['the query is not signed', (url: string) => ({ signedText: url.split('?')[0] ?? '' })],
    ['another key signs', () => ({ headers: { 'x-identity': `02${'11'.repeat(32)}` } })],
    ['the identity is missing', () => ({ headers: { 'x-identity': '' } })],
    ['the signature is not hex', () => ({ headers: { 'x-signature': 'MEUCIQ==' } })],
  ])('it is refused if %s', async (_name, lie) => {
    const { client, sandbox } = await start();
    const url = `${sandbox.apiUrls.bitpay}${list}&token=${client.merchantToken}`;
    const answer = await client.signed('GET', list, lie(url));
    expect([answer.status, answer.json.error]).toEqual([401, 'Invalid signature']);
  });

  test('it is refused if a key that was never paired signs for itself', async () => {
    const { sandbox } = await start();
    const environment = { ...sandbox.environment, BITPAY_PRIVATE_KEY: '22'.repeat(32) };
    const unpairedClient = bitpayClient({ ...sandbox, environment });
    expect((await unpairedClient.signed('GET', list)).json.error).toBe('Invalid signature');
  });

  test('the signature of a POST covers the body', async () => {
    const { client, sandbox } = await start();
    const fields = { price: 10, currency: 'USD' };
    expect((await client.signed('POST', '/invoices', { fields })).json.facade).toBe('merchant/invoice');
    const signedText = `${sandbox.apiUrls.bitpay}/invoices`;
    expect((await client.signed('POST', '/invoices', { fields, signedText })).status).toBe(401);
  });

  test('the list is a window of days with offset paging and filters', async () => {
    const { client, clock } = await start();
    const before = (await client.pos()).json.data.id;
    clock.advance(24 * 60 * 60_000);
    const first = (await client.pos({ orderId: 'a' })).json.data.id;
    const second = (await client.pos({ orderId: 'b' })).json.data.id;
    const ids = async (query: string) => {
      const answer = await client.signed('GET', `/invoices?${query}`);
      return answer.json.data.map(({ id }: { id: string }) => id);
    };
    expect(await ids('dateStart=2026-11-23&dateEnd=2026-11-23')).toEqual([second, first]);
    expect(await ids('dateStart=2026-11-22&dateEnd=2026-11-23')).toEqual([second, first, before]);
    expect(await ids('dateStart=2026-11-22&dateEnd=2026-11-22')).toEqual([before]);
    expect(await ids('dateStart=2026-11-22&dateEnd=2026-11-23&limit=1&offset=1')).toEqual([first]);
    expect(await ids('dateStart=2026-11-22&dateEnd=2026-11-23&orderId=b')).toEqual([second]);
    expect(await ids('dateStart=2026-11-22&dateEnd=2026-11-23&status=expired')).toEqual([before]);
    expect((await client.signed('GET', '/invoices?dateStart=1763065015&dateEnd=1763065016')).status).toBe(400);
    expect((await client.signed('GET', '/invoices')).status).toBe(400);
  });

  test('an invoice is found by guid and cancelled once', async () => {
    const { client } = await start();
    const { id } = (await client.pos({ guid: 'g-2' })).json.data;
    expect((await client.signed('GET', '/invoices/guid/g-2')).json.data.id).toBe(id);
    const cancelled = await client.signed('DELETE', `/invoices/${id}`);
    expect(cancelled.json.data).toMatchObject({ status: 'expired', isCancelled: true });
    const again = await client.signed('DELETE', `/invoices/${id}`);
    expect(again.json).toMatchObject(readSample<object>('bitpay/cancelInvoiceErrorResponse.json'));
  });

  test('a partly paid invoice is only cancelled by force', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.pos()).json.data;
    await visit(sandbox, id, 'underpay');
    expect((await client.signed('DELETE', `/invoices/${id}`)).json.code).toBe('040107');
    expect((await client.signed('DELETE', `/invoices/${id}?forceCancel=true`)).status).toBe(200);
  });

  test('a refund goes from created to success and never beyond the price', async () => {
    const { client, sandbox, clock } = await start();
    const { id } = (await client.pos()).json.data;
    const refund = (fields: object) =>
      client.signed('POST', '/refunds', { fields: { invoiceId: id, amount: 10, ...fields } });
    expect((await refund({})).status).toBe(400);
    await visit(sandbox, id, 'pay');
    const made = await refund({ guid: 'r-1', reference: 'Test refund' });
    expect(Object.keys(made.json.data)).toEqual(
      Object.keys(readSample<{ data: object }>('bitpay/createRefundResponse.json').data),
    );
    expect(made.json.data).toMatchObject({ status: 'created', amount: 10, invoice: id });
    expect((await refund({ guid: 'r-1' })).json.data.id).toBe(made.json.data.id);
    expect((await refund({ amount: 10.01 })).status).toBe(400);
    expect((await refund({ reference: 'x'.repeat(101) })).status).toBe(400);
    clock.advance(2_000);
    const listed = await client.signed('GET', `/refunds?invoiceId=${id}`);
    expect(listed.json.data).toMatchObject([{ id: made.json.data.id, status: 'success' }]);
  });
});
