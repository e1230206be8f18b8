import { describe, expect, test } from 'vitest';
import { asProviderReference, asRefundId } from '#kernel/ids.ts';
import type { RefundCommand, RefundProvider } from '#payments/ports/refund-provider.ts';
import { connectTo } from '../support/connect-to.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';
import { type Answer, json, scriptedServer } from '../support/scripted-server.ts';

const command: RefundCommand = {
  refundId: asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98'),
  paymentReference: asProviderReference('XEDvpempoTYJHJTKGDff1Q'),
  orderNumber: 'T-1042',
  amount: { amount: '49.00', asset: 'USD' },
  isFull: true,
  reason: 'Bought by mistake',
  customerEmail: null,
};
const invoice = fixtureJson<object>('btcpay/invoice-settled.CONSTRUCTED.json');
const pull = fixtureJson<object>('btcpay/pull-payment.CONSTRUCTED.json');
const methods = json(200, [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', payments: [{ id: 'x' }] }]);

/** Answers for what is read before the command, and for the command. */
async function at(about: { invoice?: object }, ...commands: Answer[]) {
  const server = await scriptedServer(json(200, { ...invoice, ...about.invoice }), methods, ...commands);
  const refunds = connectTo('btcpay', server.url).refunds as RefundProvider;
  const sent = () =>
    server.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body) as object);
  return { server, refunds, sent, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('a refund is asked for', () => {
  test('as an offer of this amount, named by the order and our id, the way that the money came', async () => {
    await using shop = await at({}, json(200, pull));
    expect(await shop.refunds.requestRefund(command)).toEqual({
      reference: '5Qe3KkPPvEXAMPLE5Qe3KkPPvEXA',
      refundId: command.refundId,
      state: 'pending',
      providerStatus: 'waiting for the buyer to claim it',
      amount: { amount: '49.00', asset: 'USD' },
      claimUrl: 'https://btcpay.example.com/pull-payments/5Qe3KkPPvEXAMPLE5Qe3KkPPvEXA',
      transactionIds: [],
      createdAt: 1_763_070_000_000,
    });
    expect(shop.server.requests[2]?.url).toMatch(/^\/api\/v1\/stores\/\w+\/invoices\/XEDvpempoTYJHJTKGDff1Q\/refund$/);
    expect(shop.sent()).toEqual([
      {
        refundVariant: 'Custom',
        customAmount: '49.00',
        customCurrency: 'USD',
        name: 'Refund T-1042 (r-AaIFEaSRcACqDxeM6yurmA)',
        description: 'Bought by mistake (BTCPay invoice XEDvpempoTYJHJTKGDff1Q)',
        payoutMethods: ['BTC-CHAIN'],
      },
    ]);
  });

  test('under a name that the server takes, however long the number of the order is', async () => {
    await using shop = await at({}, json(200, pull));
    await shop.refunds.requestRefund({ ...command, orderNumber: `T-${'9'.repeat(40)}` });
    expect(shop.sent()).toMatchObject([{ name: `Refund T-${'9'.repeat(14)} (r-AaIFEaSRcACqDxeM6yurmA)` }]);
  });

  test.each([
    json(422, [{ path: 'PayoutMethodId', message: 'Please select one of the payment methods' }]),
    json(400, { code: 'generic-error', message: 'The field paymentMethod is required' }),
  ])('again with the fields of a server that names them, having made nothing', async (refusal) => {
    await using shop = await at({}, refusal, json(200, pull));
    await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ state: 'pending' });
    const [first, second] = shop.sent();
    expect(second).toEqual({ ...first, payoutMethodId: 'BTC-CHAIN', paymentMethod: 'BTC-CHAIN' });
  });

  test('once: any other refusal is final, and no answer is not repeated', async () => {
    const refused = { name: 'ProviderRejected', code: 'non-refundable' };
    await using final = await at({}, json(400, { code: 'non-refundable', message: 'Cannot refund this invoice' }));
    await expect(final.refunds.requestRefund(command)).rejects.toMatchObject(refused);
    expect(final.sent()).toHaveLength(1);
    for (const [answer, name] of [
      [json(503, 'busy'), 'ProviderUnreachable'],
      [json(200, '<html>'), 'ProviderUnreachable'],
      [json(200, { id: 'no more' }), 'ProviderNotUnderstood'],
    ] as const) {
      await using shop = await at({}, answer);
      await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name });
      expect(shop.sent()).toHaveLength(1);
    }
    await using forbidden = await at({}, json(403, fixture('btcpay/error-403.json')));
    await expect(forbidden.refunds.requestRefund(command)).rejects.toMatchObject({ code: 'missing-permission' });
  });

  test('of what came in at most: the server would offer any amount', async () => {
    await using shop = await at({ invoice: { paidAmount: '48.99' } }, json(200, pull));
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name: 'ProviderRejected', code: null });
    expect(shop.sent()).toEqual([]);
  });

  test('also where nothing came in by the server and somebody marked it settled', async () => {
    await using shop = await at({ invoice: { paidAmount: '0', additionalStatus: 'Marked' } }, json(200, pull));
    await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ state: 'pending' });
  });
});

describe('a manual refund in coin', () => {
  async function shownFor(about: { methods: object[]; invoice?: object }) {
    const byHand = { ...pull, name: 'Refund XEDvpempoTYJHJTKGDff1Q', currency: 'BTC', amount: '0.0005' };
    const script = [json(200, [byHand]), json(200, []), json(200, { ...invoice, ...about.invoice })];
    await using server = await scriptedServer(...script, json(200, about.methods));
    const refunds = connectTo('btcpay', server.url).refunds as RefundProvider;
    const query = { paymentReference: command.paymentReference, asset: 'USD', ours: [] };
    return (await refunds.findRefunds(query)).map(({ amount }) => amount);
  }

  test('is worth its share at the rate of the request, rounded up because it is refunded', async () => {
    const methods = [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', amount: '0.0015' }];
    expect(await shownFor({ methods })).toEqual([{ amount: '16.34', asset: 'USD' }]);
  });

  test('counts as everything received where the rate of the request is unknown', async () => {
    expect(await shownFor({ methods: [] })).toEqual([{ amount: '49.00', asset: 'USD' }]);
    const methods = [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', amount: '0' }];
    expect(await shownFor({ methods })).toEqual([{ amount: '49.00', asset: 'USD' }]);
    expect(await shownFor({ methods: [], invoice: { paidAmount: '12.00' } })).toEqual([
      { amount: '12.00', asset: 'USD' },
    ]);
    expect(await shownFor({ methods: [], invoice: { paidAmount: null } })).toEqual([{ amount: '49.00', asset: 'USD' }]);
  });
});
