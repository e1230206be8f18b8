import { describe, expect, test } from 'vitest';
import { asProviderReference, asRefundId } from '#kernel/ids.ts';
import type { RefundCommand, RefundProvider } from '#payments/ports/refund-provider.ts';
import { connectTo } from '../support/connect-to.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';
import { type Answer, json, scriptedServer, silence } from '../support/scripted-server.ts';

const command: RefundCommand = {
  refundId: asRefundId('01a20511-a491-7000-aa0f-178ceb2bab98'),
  paymentReference: asProviderReference('69163c762331ed43dc64a6ef'),
  orderNumber: 'T-1042',
  amount: { amount: '100.00', asset: 'USDC' },
  isFull: true,
  reason: 'Customer requested refund',
  customerEmail: null,
};
const query = { paymentReference: command.paymentReference, asset: 'USDC', ours: [] };
const marked = 'Customer requested refund (ref. r-AaIFEaSRcACqDxeM6yurmA)';
const answer = fixture('coinbase-business/refund-response.CONSTRUCTED.json');

async function at(...script: Answer[]) {
  const server = await scriptedServer(...script);
  const refunds = connectTo('coinbase', server.url).refunds as RefundProvider;
  return { server, refunds, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('a refund is asked for', () => {
  test('with the amount, our id at the end of the reason, and a key that is the same each time', async () => {
    await using shop = await at(json(200, answer));
    await shop.refunds.requestRefund(command);
    await shop.refunds.requestRefund(command);
    const [first, second] = shop.server.requests;
    expect(first).toMatchObject({ method: 'POST', url: '/checkouts/69163c762331ed43dc64a6ef/refund' });
    expect(JSON.parse(first?.body ?? '')).toEqual({ amount: '100.00', currency: 'USDC', reason: marked });
    expect(first?.headers['x-idempotency-key']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(second?.headers['x-idempotency-key']).toBe(first?.headers['x-idempotency-key']);
    expect(second?.body).toBe(first?.body);
  });

  test('with a reason of at most 500 characters', async () => {
    await using shop = await at(json(200, answer));
    await shop.refunds.requestRefund({ ...command, reason: 'x'.repeat(600) });
    const { reason } = JSON.parse(shop.server.requests[0]?.body ?? '') as { reason: string };
    expect(reason).toHaveLength(500);
    expect(reason).toMatch(/^x+ \(ref\. r-AaIFEaSRcACqDxeM6yurmA\)$/);
  });

  test('again with a fresh token after a 401, which was not carried out, and only once', async () => {
    await using shop = await at(json(401, { errorType: 'unauthorized' }), json(200, answer));
    await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ state: 'pending' });
    const [first, second] = shop.server.requests;
    expect(second?.headers.authorization).not.toBe(first?.headers.authorization);
    await using closed = await at(json(401, { errorType: 'unauthorized' }));
    await expect(closed.refunds.requestRefund(command)).rejects.toMatchObject({ name: 'ProviderRejected' });
    expect(closed.server.requests).toHaveLength(2);
  });

  test.each<[string, Answer, string]>([
    ['no answer', silence, 'ProviderUnreachable'],
    ['an error of the service', json(503, { errorType: 'service_unavailable' }), 'ProviderUnreachable'],
    ['an answer that is not JSON', json(200, '<html>'), 'ProviderUnreachable'],
    ['an answer without the refund', json(200, { checkout: {} }), 'ProviderNotUnderstood'],
    ['an empty answer', json(200, ''), 'ProviderUnreachable'],
  ])('once, and %s leaves open whether it was carried out', async (_name, script, name) => {
    await using shop = await at(script);
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({ name });
    expect(shop.server.requests).toHaveLength(1);
  });

  test('and refused in the words of Coinbase', async () => {
    const words = 'Only a COMPLETED checkout can be refunded.';
    await using shop = await at(json(400, { errorType: 'invalid_request', errorMessage: words }));
    await expect(shop.refunds.requestRefund(command)).rejects.toMatchObject({
      name: 'ProviderRejected',
      code: 'invalid_request',
      message: expect.stringContaining(words),
    });
    expect(shop.server.requests).toHaveLength(1);
  });

  test.each(['idempotency_error', 'already_exists'])(
    'and a key that is known leads to its refund (%s)',
    async (code) => {
      const { checkout, refund } = fixtureJson<{ checkout: object; refund: object }>(
        'coinbase-business/refund-response.CONSTRUCTED.json',
      );
      const refused = json(422, { errorType: code });
      await using shop = await at(refused, json(200, { ...checkout, refunds: [{ ...refund, reason: marked }] }));
      await expect(shop.refunds.requestRefund(command)).resolves.toMatchObject({ refundId: command.refundId });
      // What the key was used for does not show: it was carried out, or will be.
      await using empty = await at(refused, json(200, checkout));
      await expect(empty.refunds.requestRefund(command)).rejects.toMatchObject({ name: 'ProviderUnreachable', code });
    },
  );
});

describe('the refunds of a checkout', () => {
  test('that has none are none', async () => {
    await using shop = await at(json(200, fixture('coinbase-business/checkout-active.CONSTRUCTED.json')));
    expect(await shop.refunds.findRefunds(query)).toEqual([]);
  });

  test.each([
    ['success', 'succeeded', 'COMPLETED', ['0xabcdef1234567890abcdef1234567890abcdef1234567890abcdef1234567890']],
    ['failed.CONSTRUCTED', 'failed', 'FAILED', []],
  ])('are read from the sample of %s', async (name, state, providerStatus, transactionIds) => {
    await using shop = await at(json(200, fixture(`coinbase-business/webhook-checkout.refund.${name}.json`)));
    expect(await shop.refunds.findRefunds(query)).toEqual([
      {
        reference: '69163c762331ed43dc64b7fg',
        refundId: null,
        state,
        providerStatus,
        amount: { amount: '100.00', asset: 'USDC' },
        claimUrl: null,
        transactionIds,
        createdAt: Date.parse('2025-11-14T10:00:00.000Z'),
      },
    ]);
  });

  test('that are in a state which is not documented are followed up', async () => {
    const refund = { id: 'a', amount: '5.00', currency: 'USDC', status: 'ON_HOLD', reason: marked };
    await using shop = await at(json(200, { id: 'b', refunds: [refund] }));
    expect(await shop.refunds.findRefunds(query)).toMatchObject([
      { state: 'pending', providerStatus: 'ON_HOLD', refundId: command.refundId, createdAt: null },
    ]);
  });
});
