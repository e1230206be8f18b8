import { describe, expect, test } from 'vitest';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type BtcPayClient, btcpayClient, hmac } from './clients.ts';
import { type Clock, createClock, readSample, startReceiver, startSandbox } from './support.ts';

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

  test('is marked manually only where that is on offer', async () => {
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

  test('payment methods show what is due and what was received', async () => {
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
