import { describe, expect, test } from 'vitest';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type Clock, createClock, type Receiver, startReceiver, startSandbox } from './support.ts';

interface Setting {
  readonly sandbox: ProviderSandbox;
  readonly clock: Clock;
  readonly receiver: Receiver;
  /** A checkout at the provider, and the webhooks of its making out of the way. */
  checkout(provider: ProviderName): Promise<string>;
  visit(provider: ProviderName, reference: string, action: VisitAction): Promise<void>;
}

async function start(): Promise<Setting> {
  const clock = createClock();
  const receiver = await startReceiver();
  const sandbox = await startSandbox({ now: clock.now, webhookRetryDelaysMs: [1_000, 60_000] });
  for (const provider of providerNames) sandbox.setWebhookUrl(provider, receiver.url);
  return {
    sandbox,
    clock,
    receiver,
    async checkout(provider) {
      const { reference } = sandbox.createForeign(provider, { amount: '49.00' });
      await sandbox.settle();
      receiver.received.length = 0;
      return reference;
    },
    visit: (provider, reference, action) => sandbox.visit({ provider, reference, action }),
  };
}

const typesOf = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).type);

describe('a webhook that is not accepted', () => {
  test('comes again by the clock, signed anew with the same event id, until the retries are used up', async () => {
    const { sandbox, clock, receiver, checkout, visit } = await start();
    const reference = await checkout('coinbase');
    receiver.answers.push(503, 401, 500);
    await visit('coinbase', reference, 'pay');
    await sandbox.settle();
    expect(receiver.received).toHaveLength(1);
    clock.advance(1_000);
    await sandbox.settle();
    clock.advance(60_000);
    await sandbox.settle();
    clock.advance(24 * 60 * 60_000);
    await sandbox.settle();
    const headers = receiver.received.map((it) => it.headers);
    expect(headers).toHaveLength(3);
    expect(new Set(headers.map((it) => it['x-event-id'])).size).toBe(1);
    expect(new Set(headers.map((it) => it['x-hook0-signature'])).size).toBe(3);
    const log = sandbox.deliveries('coinbase').map(({ attempt, status, willRetry }) => [attempt, status, willRetry]);
    expect(log).toEqual([
      [1, 503, true],
      [2, 401, true],
      [3, 500, false],
    ]);
  });

  test('by BitPay means anything but 200', async () => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('bitpay');
    receiver.answers.push(204);
    await visit('bitpay', reference, 'pay_unconfirmed');
    await sandbox.settle();
    expect(sandbox.deliveries('bitpay')).toMatchObject([{ status: 204, outcome: 'refused', willRetry: true }]);
  });

  test.each([
    [400, false],
    [401, false],
    [302, false],
    [408, true],
    [429, true],
    [503, true],
  ])('by BTCPay with %i is retried: %s', async (status, willRetry) => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('btcpay');
    receiver.answers.push(status);
    await visit('btcpay', reference, 'expire');
    await sandbox.settle();
    expect(sandbox.deliveries('btcpay').at(-1)).toMatchObject({ status, willRetry });
  });

  test('holds back the later ones of BTCPay, and comes again under a new delivery id', async () => {
    const { sandbox, clock, receiver, checkout, visit } = await start();
    const reference = await checkout('btcpay');
    receiver.answers.push(503);
    await visit('btcpay', reference, 'pay');
    await sandbox.settle();
    expect(typesOf(receiver)).toEqual(['InvoiceReceivedPayment']);
    clock.advance(1_000);
    await sandbox.settle();
    expect(typesOf(receiver)).toEqual([
      'InvoiceReceivedPayment',
      'InvoiceReceivedPayment',
      'InvoiceProcessing',
      'InvoicePaymentSettled',
      'InvoiceSettled',
    ]);
    const [first, second] = receiver.received.map(({ body }) => JSON.parse(body));
    expect(second).toMatchObject({ isRedelivery: true, originalDeliveryId: first.deliveryId });
    expect(second.deliveryId).not.toBe(first.deliveryId);
  });

  test('because nobody listens is unreachable', async () => {
    const { sandbox, checkout, visit } = await start();
    const reference = await checkout('coinbase');
    sandbox.setWebhookUrl('coinbase', 'http://127.0.0.1:1/');
    await visit('coinbase', reference, 'pay');
    await sandbox.settle();
    expect(sandbox.deliveries('coinbase')).toMatchObject([
      { outcome: 'unreachable', status: undefined, willRetry: true },
    ]);
  });
});

describe('webhooks can be', () => {
  test('lost', async () => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('coinbase');
    sandbox.faults('coinbase').dropWebhooks = 1;
    await visit('coinbase', reference, 'pay');
    await sandbox.settle();
    expect(receiver.received).toEqual([]);
    expect(sandbox.deliveries('coinbase')).toMatchObject([{ outcome: 'dropped', type: 'checkout.payment.success' }]);
  });

  test('repeated, byte for byte', async () => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('btcpay');
    sandbox.faults('btcpay').duplicateWebhooks = 2;
    await visit('btcpay', reference, 'expire');
    await sandbox.settle();
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  test('late', async () => {
    const { sandbox, clock, receiver, checkout, visit } = await start();
    const reference = await checkout('bitpay');
    sandbox.faults('bitpay').delayWebhooksMs = 60_000;
    await visit('bitpay', reference, 'pay_unconfirmed');
    await sandbox.settle();
    expect(receiver.received).toEqual([]);
    clock.advance(60_000);
    await sandbox.settle();
    expect(receiver.received).toHaveLength(1);
  });

  test('out of order', async () => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('btcpay');
    sandbox.faults('btcpay').reorderWebhooks = true;
    await visit('btcpay', reference, 'pay');
    await sandbox.settle();
    expect(typesOf(receiver)).toEqual([
      'InvoiceSettled',
      'InvoicePaymentSettled',
      'InvoiceProcessing',
      'InvoiceReceivedPayment',
    ]);
  });

  test('held up by an outage, and sent when it ends', async () => {
    const { sandbox, receiver, checkout, visit } = await start();
    const reference = await checkout('coinbase');
    sandbox.faults('coinbase').outage = true;
    await visit('coinbase', reference, 'pay');
    await sandbox.settle();
    expect(receiver.received).toEqual([]);
    sandbox.faults('coinbase').outage = false;
    await sandbox.settle();
    expect(receiver.received).toHaveLength(1);
  });

  test('without an address', async () => {
    const { sandbox, checkout, visit } = await start();
    const reference = await checkout('coinbase');
    sandbox.setWebhookUrl('coinbase', undefined);
    await visit('coinbase', reference, 'pay');
    expect(sandbox.deliveries('coinbase')).toMatchObject([{ outcome: 'no_target' }]);
  });
});
