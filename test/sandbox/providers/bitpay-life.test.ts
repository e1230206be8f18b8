import { describe, expect, test } from 'vitest';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type BitPayClient, bitpayClient, bitpayHeaders, hmac } from './clients.ts';
import { type Clock, call, createClock, readSample, startReceiver, startSandbox } from './support.ts';

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

describe('the life of an invoice', () => {
  test('underpaid, it stays new and expires as partly paid', async () => {
    const { client, sandbox, clock } = await start();
    const { id } = (await client.pos()).json.data;
    await visit(sandbox, id, 'underpay');
    expect((await client.fetch(id)).json.data).toMatchObject({ status: 'new', exceptionStatus: 'paidPartial' });
    clock.advance(15 * 60_000);
    const expired = (await client.fetch(id)).json.data;
    expect(expired).toMatchObject({ status: 'expired', exceptionStatus: 'paidPartial' });
    expect(expired.underpaidAmount).toBeGreaterThan(0);
  });

  test('overpaid, it is paid and says so', async () => {
    const { client, sandbox } = await start();
    const { id } = (await client.pos()).json.data;
    await visit(sandbox, id, 'overpay');
    const { data } = (await client.fetch(id)).json;
    expect(data).toMatchObject({ status: 'confirmed', exceptionStatus: 'paidOver', transactionCurrency: 'BTC' });
    expect(data.overpaidAmount).toBeGreaterThan(0);
  });

  test('unconfirmed for an hour it is invalid, and may still be confirmed and completed', async () => {
    const { client, sandbox, clock } = await start();
    const { id } = (await client.pos()).json.data;
    await visit(sandbox, id, 'pay_unconfirmed');
    expect((await client.fetch(id)).json.data.status).toBe('paid');
    clock.advance(60 * 60_000);
    expect((await client.fetch(id)).json.data.status).toBe('invalid');
    await sandbox.visit({ provider: 'bitpay', reference: id, action: 'confirm' });
    expect((await client.fetch(id)).json.data.status).toBe('confirmed');
    clock.advance(60_000);
    expect((await client.fetch(id)).json.data.status).toBe('complete');
  });

  test('unconfirmed for a day it is declined', async () => {
    const { client, sandbox, clock } = await start();
    const { id } = (await client.pos()).json.data;
    await visit(sandbox, id, 'pay_unconfirmed');
    clock.advance(25 * 60 * 60_000);
    expect((await client.fetch(id)).json.data.status).toBe('declined');
  });
});

describe('webhooks', () => {
  test('go to the notification address in the extended format, signed with the token that made the invoice', async () => {
    const { client, sandbox } = await start();
    const receiver = await startReceiver();
    const { id } = (await client.pos({ notificationURL: receiver.url, price: 100 })).json.data;
    await visit(sandbox, id, 'pay');
    await sandbox.visit({ provider: 'bitpay', reference: id, action: 'complete' });
    await sandbox.settle();
    const sample = readSample<{ data: object; event: object }>('bitpay/webhook-extended-invoice_completed.json');
    expect(receiver.received.map(({ body }) => JSON.parse(body).event)).toMatchObject([
      { code: 1003, name: 'invoice_paidInFull' },
      { code: 1005, name: 'invoice_confirmed' },
      { code: 1006, name: 'invoice_completed' },
    ]);
    for (const { headers, body } of receiver.received) {
      expect(headers['x-signature']).toBe(hmac(client.posToken, body, 'base64'));
      expect(body).toContain('"PAX":100000000000000000000');
      expect(Object.keys(JSON.parse(body).data)).toEqual(expect.arrayContaining(Object.keys(sample.data)));
    }
  });

  test('of an invoice made with the merchant token are signed with that one', async () => {
    const { client, sandbox } = await start();
    const receiver = await startReceiver();
    const fields = { price: 5, currency: 'EUR', extendedNotifications: true, notificationURL: receiver.url };
    const { id } = (await client.signed('POST', '/invoices', { fields })).json.data;
    await visit(sandbox, id, 'pay_unconfirmed');
    await sandbox.settle();
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(headers['x-signature']).toBe(hmac(client.merchantToken, body, 'base64'));
  });

  test('are flat without extended notifications', async () => {
    const { client, sandbox } = await start();
    const receiver = await startReceiver();
    const { id } = (await client.pos({ notificationURL: receiver.url, extendedNotifications: false })).json.data;
    await visit(sandbox, id, 'pay_unconfirmed');
    await sandbox.settle();
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ id, status: 'paid' });
  });

  test('report each step of a refund', async () => {
    const { client, sandbox } = await start();
    const receiver = await startReceiver();
    const { id } = (await client.pos({ notificationURL: receiver.url })).json.data;
    await visit(sandbox, id, 'pay');
    await client.signed('POST', '/refunds', { fields: { invoiceId: id, amount: 20 } });
    await sandbox.visit({ provider: 'bitpay', reference: id, action: 'fail_refund' });
    await sandbox.settle();
    const names = receiver.received.map(({ body }) => JSON.parse(body).event.name);
    expect(names.slice(2)).toEqual(['refund_created', 'refund_pending', 'refund_failure']);
  });

  test('are sent once more when asked for with the token of the invoice', async () => {
    const { client, sandbox } = await start();
    const receiver = await startReceiver();
    const { id, token } = (await client.pos({ notificationURL: receiver.url })).json.data;
    const ask = (body: object) =>
      call(`${sandbox.apiUrls.bitpay}/invoices/${id}/notifications`, {
        method: 'POST',
        headers: bitpayHeaders,
        body: JSON.stringify(body),
      });
    expect((await ask({ token: client.posToken })).status).toBe(401);
    expect((await ask({ token })).json).toEqual(readSample('bitpay/invoiceWebhookResponse.json'));
    await sandbox.settle();
    expect(JSON.parse(receiver.received[0]?.body ?? '').event.name).toBe('invoice_manuallyNotified');
  });
});
