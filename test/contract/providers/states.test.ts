import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { compareDecimals } from '#kernel/money.ts';
import type { providerNames } from '#kernel/provider-name.ts';
import type { PaymentSnapshot } from '#payments/snapshot.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { listAll, openShop } from './shop.ts';

// What a buyer does, and what the adapter shows of it. `paid` compares what came with what was asked for.

describe.each<{
  name: (typeof providerNames)[number];
  visits: VisitAction[];
  shows: Partial<PaymentSnapshot>;
  paid?: -1 | 0 | 1;
}>([
  { name: 'coinbase', visits: ['pay_unconfirmed'], shows: { state: 'processing', settlement: null } },
  { name: 'coinbase', visits: ['pay'], shows: { state: 'confirmed' }, paid: 0 },
  { name: 'coinbase', visits: ['fail'], shows: { state: 'failed', settlement: null } },
  { name: 'coinbase', visits: ['expire'], shows: { state: 'expired', settlement: null } },
  { name: 'bitpay', visits: ['pay_unconfirmed'], shows: { state: 'processing' }, paid: 0 },
  { name: 'bitpay', visits: ['pay'], shows: { state: 'confirmed' }, paid: 0 },
  { name: 'bitpay', visits: ['overpay'], shows: { state: 'confirmed' }, paid: 1 },
  { name: 'bitpay', visits: ['underpay'], shows: { state: 'open' }, paid: -1 },
  { name: 'bitpay', visits: ['underpay', 'expire'], shows: { state: 'expired' }, paid: -1 },
  { name: 'bitpay', visits: ['expire'], shows: { state: 'expired', settlement: null } },
  { name: 'bitpay', visits: ['pay_unconfirmed', 'invalidate'], shows: { state: 'invalid' }, paid: 0 },
  { name: 'bitpay', visits: ['pay_unconfirmed', 'decline'], shows: { state: 'invalid' }, paid: 0 },
  { name: 'btcpay', visits: ['pay_unconfirmed'], shows: { state: 'processing' }, paid: 0 },
  { name: 'btcpay', visits: ['pay'], shows: { state: 'confirmed' }, paid: 0 },
  { name: 'btcpay', visits: ['overpay'], shows: { state: 'confirmed' }, paid: 1 },
  { name: 'btcpay', visits: ['underpay'], shows: { state: 'open' }, paid: -1 },
  { name: 'btcpay', visits: ['underpay', 'expire'], shows: { state: 'expired', isLate: false }, paid: -1 },
  { name: 'btcpay', visits: ['expire'], shows: { state: 'expired', settlement: null } },
  { name: 'btcpay', visits: ['expire', 'pay_late'], shows: { state: 'expired', isLate: true }, paid: 0 },
  { name: 'btcpay', visits: ['pay_unconfirmed', 'invalidate'], shows: { state: 'invalid' }, paid: 0 },
  { name: 'btcpay', visits: ['pay_unconfirmed', 'double_spend'], shows: { state: 'open', settlement: null } },
])('$name after $visits', ({ name, visits, shows, paid }) => {
  test(`shows ${JSON.stringify(shows)}`, async () => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    for (const action of visits) await shop.sandbox.visit({ provider: name, reference, action });
    const snapshot = await shop.provider.fetchPayment(reference);
    expect(snapshot).toMatchObject(shows);
    const { settlement } = snapshot;
    expect(settlement === null ? undefined : compareDecimals(settlement.received, settlement.expected)).toBe(paid);
    // The list tells the same as a fetch, apart from the transactions.
    const [listed] = await listAll(shop.provider, { from: shop.clock.now() - minute, to: shop.clock.now() + minute });
    expect({ ...listed, transactionIds: [] }).toEqual({ ...snapshot, transactionIds: [] });
  });
});
