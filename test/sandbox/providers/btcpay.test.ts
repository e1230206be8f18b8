import { describe, expect, test } from 'vitest';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import {
  type BtcPayClient,
  btcpayClient,
  type Clock,
  call,
  createClock,
  hmac,
  readSample,
  startMs,
  startReceiver,
  startSandbox,
} from './support.ts';

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
    const url = `${sandbox.btcpayUrl}/api/v1${client.store}/invoices?take=10`;
    for (const authorization of [`Bearer ${key}`, 'token wrong', `Basic ${key}`]) {
      expect((await call(url, { headers: { authorization } })).status).toBe(401);
    }
    expect((await call(url)).status).toBe(401);
    expect((await call(url, { headers: { authorization: `token ${key}` } })).status).toBe(200);
  });

  test('tells its permissions, which hold for one store', async () => {
    const { client, sandbox } = await start();
    const { json } = await client.request('GET', '/api-keys/current');
    expect(json.permissions).toContain(`btcpay.store.cancreateinvoice:${sandbox.environment['BTCPAY_STORE_ID']}`);
    const other = await client.request('GET', '/stores/another/invoices?take=1');
    expect([other.status, other.json]).toEqual([403, readSample('btcpay/error-403.json')]);
  });

  test('without the permission gets the documented 403', async () => {
    const account = { apiKey: 'k', storeId: 's', webhookSecret: 'w', permissions: ['btcpay.store.canviewinvoices'] };
    const sandbox = await startSandbox({ btcpay: account });
    const answer = await call(`${sandbox.btcpayUrl}/api/v1/stores/s/invoices`, {
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

describe('the life of an invoice', () => {
  const look = async ({ client }: Setting, id: string) =>
    (await client.request('GET', `${client.store}/invoices/${id}`)).json;

  test('fetching knows only what exists', async () => {
    const { client } = await start();
    const answer = await client.request('GET', `${client.store}/invoices/none`);
    expect([answer.status, answer.json]).toEqual([404, readSample('btcpay/error-404.json')]);
  });

  const endings: readonly [string, VisitAction[], object][] = [
    ['paid', ['pay'], { status: 'Settled', additionalStatus: 'None', paidAmount: '49.00' }],
    ['paid in two steps', ['underpay', 'pay'], { status: 'Settled', additionalStatus: 'None', paidAmount: '49.00' }],
    ['unconfirmed', ['pay_unconfirmed'], { status: 'Processing', additionalStatus: 'None' }],
    ['confirmed', ['pay_unconfirmed', 'confirm'], { status: 'Settled' }],
    ['underpaid', ['underpay'], { status: 'New', additionalStatus: 'PaidPartial', paidAmount: '24.50' }],
    ['underpaid and expired', ['underpay', 'expire'], { status: 'Expired', additionalStatus: 'PaidPartial' }],
    ['overpaid', ['overpay'], { status: 'Settled', additionalStatus: 'PaidOver', paidAmount: '73.50' }],
    ['expired', ['expire'], { status: 'Expired', additionalStatus: 'None' }],
    ['paid late', ['expire', 'pay_late'], { status: 'Expired', additionalStatus: 'PaidLate', paidAmount: '49.00' }],
    [
      'double spent',
      ['pay_unconfirmed', 'double_spend'],
      { status: 'New', additionalStatus: 'None', paidAmount: '0.00' },
    ],
    ['never confirmed', ['pay_unconfirmed', 'invalidate'], { status: 'Invalid' }],
    ['paid twice', ['pay', 'pay_again'], { status: 'Settled', paidAmount: '98.00' }],
  ];

  test.each(endings)('%s', async (_name, actions, expected) => {
    const setting = await start();
    const { id } = (await setting.client.create()).json;
    for (const action of actions) await setting.visit(id, action);
    expect(await look(setting, id)).toMatchObject(expected);
  });

  test('paid late and short reads PaidLate too', async () => {
    const setting = await start();
    const { id } = (await setting.client.create()).json;
    await setting.visit(id, 'pay_late', '0.25');
    expect(await look(setting, id)).toMatchObject({ additionalStatus: 'PaidLate', paidAmount: '12.25' });
  });

  test('a tolerance lets an underpayment settle', async () => {
    const setting = await start();
    const { id } = (await setting.client.create({ checkout: { paymentTolerance: 2 } })).json;
    await setting.visit(id, 'underpay', '0.98');
    expect(await look(setting, id)).toMatchObject({ status: 'Settled', paidAmount: '48.02' });
  });

  test('expires and gives up monitoring by the clock', async () => {
    const setting = await start();
    const [idle, unconfirmed] = [(await setting.client.create()).json.id, (await setting.client.create()).json.id];
    await setting.visit(unconfirmed, 'pay_unconfirmed');
    setting.clock.advance(15 * 60_000);
    expect((await look(setting, idle)).status).toBe('Expired');
    expect((await look(setting, unconfirmed)).status).toBe('Processing');
    setting.clock.advance(1440 * 60_000);
    expect((await look(setting, unconfirmed)).status).toBe('Invalid');
  });

  test('is marked by hand only where that is on offer', async () => {
    const setting = await start();
    const { client } = setting;
    const { id } = (await client.create()).json;
    const mark = (status: string) => client.request('POST', `${client.store}/invoices/${id}/status`, { status });
    expect((await mark('Settled')).json).toMatchObject({
      status: 'Settled',
      additionalStatus: 'Marked',
      availableStatusesForManualMarking: ['Invalid'],
    });
    expect((await mark('Settled')).status).toBe(422);
    expect((await mark('Expired')).status).toBe(422);
    expect((await mark('Invalid')).json.status).toBe('Invalid');
  });

  test('payment methods tell what is due and what came in', async () => {
    const { client, visit } = await start();
    const { id } = (await client.create({ amount: '64.00' })).json;
    await visit(id, 'underpay', '0.25');
    const [method] = (await client.request('GET', `${client.store}/invoices/${id}/payment-methods`)).json;
    expect(method).toMatchObject({ amount: '0.00100000', totalPaid: '0.00025000', due: '0.00075000', currency: 'BTC' });
    expect(method.payments).toMatchObject([{ value: '0.00025000', status: 'Settled' }]);
  });

  test('a refund is a link to claim, and only where something came in', async () => {
    const { client, visit } = await start();
    const { id } = (await client.create()).json;
    const body = readSample('btcpay/refund-request.json');
    const refund = () => client.request('POST', `${client.store}/invoices/${id}/refund`, body);
    expect((await refund()).json.code).toBe('non-refundable');
    await visit(id, 'pay');
    expect((await refund()).json).toMatchObject({ amount: '49.00', currency: 'USD' });
  });
});

describe('webhooks', () => {
  async function eventsOf(actions: readonly VisitAction[]) {
    const setting = await start();
    const receiver = await startReceiver();
    setting.sandbox.setWebhookUrl('btcpay', receiver.url);
    const { id } = (await setting.client.create()).json;
    for (const action of actions) await setting.visit(id, action);
    await setting.sandbox.settle();
    return { ...setting, receiver, id, events: receiver.received.map(({ body }) => JSON.parse(body)) };
  }

  test.each([
    [['pay'], ['InvoiceReceivedPayment', 'InvoiceProcessing', 'InvoicePaymentSettled', 'InvoiceSettled']],
    [
      ['underpay', 'expire'],
      ['InvoiceReceivedPayment', 'InvoicePaymentSettled', 'InvoiceExpired', 'InvoiceExpiredPaidPartial'],
    ],
    [['pay_late'], ['InvoiceExpired', 'InvoiceReceivedPayment', 'InvoicePaymentSettled', 'InvoicePaidAfterExpiration']],
    [
      ['pay_unconfirmed', 'double_spend'],
      ['InvoiceReceivedPayment', 'InvoiceProcessing'],
    ],
    [
      ['pay_unconfirmed', 'invalidate'],
      ['InvoiceReceivedPayment', 'InvoiceProcessing', 'InvoiceInvalid'],
    ],
  ] as [VisitAction[], string[]][])('after %j are %j', async (actions, types) => {
    const { events } = await eventsOf(actions);
    expect(events.map(({ type }) => type)).toEqual(['InvoiceCreated', ...types]);
  });

  test('are indented, signed over the bytes, and shaped like the samples', async () => {
    const { sandbox, receiver, events, id } = await eventsOf(['pay']);
    const secret = sandbox.environment['BTCPAY_WEBHOOK_SECRET'] ?? '';
    for (const { headers, body } of receiver.received) {
      expect(headers['btcpay-sig']).toBe(`sha256=${hmac(secret, body, 'hex')}`);
      expect(body).toBe(JSON.stringify(JSON.parse(body), null, 2));
    }
    for (const event of events) {
      if (event.type === 'InvoiceReceivedPayment') continue;
      const sample = readSample<object>(`btcpay/webhook-${event.type}.CONSTRUCTED.json`);
      expect(Object.keys(event)).toEqual(Object.keys(sample));
      expect(event).toMatchObject({ invoiceId: id, isRedelivery: false, metadata: { orderId: 'ord_1001' } });
      expect(event.originalDeliveryId).toBe(event.deliveryId);
    }
  });

  test('say when a payment came after the expiry', async () => {
    const { events } = await eventsOf(['expire', 'pay_late']);
    const received = events.find(({ type }) => type === 'InvoiceReceivedPayment');
    expect(received).toMatchObject({ afterExpiration: true, paymentMethodId: 'BTC-CHAIN' });
  });
});
