import { describe, expect, test } from 'vitest';
import { asProviderReference, asRefundId } from '#kernel/ids.ts';
import type { RefundCommand, RefundProvider, RefundQuery } from '#payments/ports/refund-provider.ts';
import { refundUuid } from '#payments/providers/kit/payment-uuid.ts';
import { connectTo } from '../support/connect-to.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';
import { type Answer, json, reset, scriptedServer } from '../support/scripted-server.ts';

const refundId = asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98');
const command: RefundCommand = {
  refundId,
  paymentReference: asProviderReference('Hpqc63wvE1ZjzeeH4kEycF'),
  orderNumber: 'T-1042',
  amount: { amount: '10.00', asset: 'USD' },
  isFull: true,
  reason: 'Bought by mistake',
  customerEmail: null,
};
const query: RefundQuery = { paymentReference: command.paymentReference, asset: 'USD', ours: [] };
const looking: RefundQuery = { ...query, ours: [{ refundId, reference: null }] };
const made = fixtureJson<{ data: object }>('bitpay/createRefundResponse.json').data;
const notFound = json(404, { error: 'Object not found' });

async function at(...script: Answer[]) {
  const server = await scriptedServer(...script);
  const refunds = connectTo('bitpay', server.url).refunds as RefundProvider;
  return { server, refunds, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('a refund is asked for', () => {
  test('signed, with its amount as the decimal that it is, and under a guid that is the same each time', async () => {
    await using shop = await at(json(200, { data: made }));
    const amount = { amount: '9007199254740993.10', asset: 'USD' };
    await shop.refunds.requestRefund({ ...command, amount });
    const [request] = shop.server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/refunds' });
    expect(request?.headers['x-signature']).toMatch(/^30[0-9a-f]+$/);
    expect(request?.body).toContain('"amount":9007199254740993.10,');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      token: expect.any(String),
      invoiceId: 'Hpqc63wvE1ZjzeeH4kEycF',
      currency: 'USD',
      preview: false,
      immediate: false,
      buyerPaysRefundFee: false,
      guid: refundUuid(refundId),
      reference: refundId,
      notificationURL: 'https://till.example.com/webhooks/bitpay',
    });
  });

  test('and is ours by its guid, although the answer names another reference', async () => {
    await using shop = await at(json(200, { data: { ...made, guid: refundUuid(refundId) } }));
    expect(await shop.refunds.requestRefund(command)).toEqual({
      reference: 'WoE46gSLkJQS48RJEiNw3L',
      refundId,
      state: 'pending',
      providerStatus: 'created',
      amount: { amount: '10.00', asset: 'USD' },
      claimUrl: null,
      transactionIds: [],
      createdAt: Date.parse('2021-08-29T20:45:34.000Z'),
    });
  });

  test('once: no answer, an error of the service and an answer without a refund leave it open', async () => {
    for (const [script, name] of [
      [reset, 'ProviderUnreachable'],
      [json(500, fixture('bitpay/errorResponse.json')), 'ProviderUnreachable'],
      [json(200, { data: {} }), 'ProviderNotUnderstood'],
    ] as const) {
      await using shop = await at(script);
      await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name });
      expect(shop.server.requests).toHaveLength(1);
    }
  });

  test('and refused in the words of BitPay, also under status 200, if no refund has the guid', async () => {
    const refusal = { status: 'error', code: '010308', data: null, error: 'Insufficient ledger balance' };
    for (const status of [200, 400]) {
      await using shop = await at(json(status, refusal), notFound);
      const failure = { name: 'ProviderRejected', code: '010308', message: expect.stringContaining('ledger balance') };
      await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject(failure);
      expect(shop.server.requests[1]?.url).toContain(`/refunds/guid/${refundUuid(refundId)}?`);
    }
  });

  test('and a guid that is refused because it is known leads to its refund', async () => {
    await using shop = await at(json(400, { error: 'guid already in use' }), json(200, { data: made }));
    expect(await shop.refunds.requestRefund(command)).toMatchObject({ reference: 'WoE46gSLkJQS48RJEiNw3L' });
  });

  test('but whether a refused guid is known is open while nobody answers', async () => {
    await using shop = await at(json(400, { error: 'guid already in use' }), reset);
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
  });
});

describe('the refunds of an invoice', () => {
  const listOf = (...differences: object[]) => json(200, { data: differences.map((it) => ({ ...made, ...it })) });

  test('are read from the sample, whose guids are missing and whose words are spelled both ways', async () => {
    await using shop = await at(json(200, fixture('bitpay/getRefundsByInvoiceId.json')));
    const shown = await shop.refunds.findRefunds(query);
    const facts = shown.map(({ state, providerStatus, amount, refundId: id }) => [
      state,
      providerStatus,
      amount.amount,
      id,
    ]);
    expect(facts).toEqual([
      ['pending', 'created', '10.00', null],
      ['cancelled', 'canceled', '5.00', null],
    ]);
    expect(shop.server.requests[0]?.url).toContain('invoiceId=Hpqc63wvE1ZjzeeH4kEycF');
    await using other = await at(listOf({ status: 'cancelled' }));
    expect(await other.refunds.findRefunds(query)).toMatchObject([{ state: 'cancelled' }]);
  });

  test.each([
    ['created', 'pending'],
    ['pending', 'pending'],
    ['success', 'succeeded'],
    ['failure', 'failed'],
    ['on hold', 'pending'],
  ])('that are %s are %s', async (status, state) => {
    await using shop = await at(listOf({ status, txid: 'ab' }));
    expect(await shop.refunds.findRefunds(query)).toMatchObject([
      { state, providerStatus: status, transactionIds: ['ab'] },
    ]);
  });

  test.each([{ reference: refundId }, { guid: refundUuid(refundId) }])('are ours by %j', async (echo) => {
    await using shop = await at(listOf(echo));
    expect(await shop.refunds.findRefunds(looking)).toMatchObject([{ refundId }]);
    expect(shop.server.requests).toHaveLength(1);
  });

  test('are ours by the id that we know, whatever the list leaves out', async () => {
    await using shop = await at(listOf({ reference: undefined, guid: undefined, id: 'known' }));
    const ours = [{ refundId, reference: 'known' }];
    expect(await shop.refunds.findRefunds({ ...query, ours })).toMatchObject([{ refundId }]);
  });

  test('that the list does not show are asked for by their guid', async () => {
    await using shop = await at(listOf(), json(200, { data: { ...made, guid: undefined, reference: undefined } }));
    expect(await shop.refunds.findRefunds(looking)).toMatchObject([{ refundId, reference: 'WoE46gSLkJQS48RJEiNw3L' }]);
    await using none = await at(notFound);
    expect(await none.refunds.findRefunds(looking)).toEqual([]);
    expect(none.server.requests).toHaveLength(2);
  });

  test('leave out what was never the money of the shop, and what is only a calculation', async () => {
    const types = ['underpayment', 'overpayment', 'declined'].map((type) => ({ type }));
    await using shop = await at(listOf(...types, { status: 'preview' }, { type: 'partial', id: 'real' }));
    expect((await shop.refunds.findRefunds(query)).map(({ reference }) => reference)).toEqual(['real']);
  });
});
