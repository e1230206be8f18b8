import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchFees } from '#accounting/fees/fetch-fees.ts';
import { totalFees } from '#accounting/fees/total-fees.ts';
import { day } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { orderSubject } from '#messaging/queues/redraw-order-cards.ts';
import type { PaymentFees, ProviderSettlement } from '#payments/ports/fees-provider.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';
import { type AccountingKit, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';
import { detailsOf } from '#test/support/scenario-kits/payment-kit.ts';

let kit: AccountingKit;
/** The fees that BitPay reports, and the windows that were fetched. */
let figures: PaymentFees[];
let settlements: ProviderSettlement[];
let windows: { from: number; to: number }[];
let isUnavailable: boolean;

beforeEach(async () => {
  kit = await openAccountingKit();
  [figures, settlements, windows, isUnavailable] = [[], [], [], false];
  kit.book('bitpay').fees = {
    async *listFees(window) {
      windows.push(window);
      if (isUnavailable) throw unavailable();
      yield figures.slice(0, 1);
      yield figures.slice(1);
    },
    async *listSettlements() {
      yield settlements;
    },
  };
});
afterEach(() => kit.opened.remove());

function unavailable(): ProviderUnreachable {
  const message = 'list: timeout';
  return new ProviderUnreachable({ provider: 'bitpay', operation: 'list', code: null, httpStatus: null, message });
}

function figure(reference: string, change: Partial<PaymentFees> = {}): PaymentFees {
  const at = Date.parse('2026-11-20T10:00:00Z');
  return { reference: asProviderReference(reference), fee: '0.49', net: '48.51', asset: 'USD', at, ...change };
}

const read = () => fetchFees(kit.deps, {});
const nothing = { booked: 0, unmatched: 0, settlements: 0, failed: 0 };

async function aPaidOrder(provider: 'bitpay' | 'coinbase' = 'bitpay') {
  const paymentId = await kit.order('2026-11-20T09:00:00Z', { provider });
  await kit.shows(paymentId, paid);
  kit.setClock('2026-11-20T09:30:00Z');
  return paymentId;
}

describe("a provider's fees", () => {
  test('give each payment its fee and net, once, however often they are fetched', async () => {
    const paymentId = await aPaidOrder();
    figures = [figure('bitpay-1')];
    expect(await read()).toEqual({ ...nothing, booked: 1 });
    const { payment } = await detailsOf(kit.deps, paymentId);
    expect(payment).toMatchObject({ feeAmount: '0.49', netAmount: '48.51', figuresAsset: 'USD', settledAt: null });
    figures = [figure('bitpay-1', { fee: '0.490', net: '48.51' })];
    expect(await read()).toEqual(nothing);
    expect((await detailsOf(kit.deps, paymentId)).payment.version).toBe(payment.version);
    figures = [figure('bitpay-1', { fee: '0.50', net: '48.50' })];
    expect(await read()).toEqual({ ...nothing, booked: 1 });
    expect((await detailsOf(kit.deps, paymentId)).payment.feeAmount).toBe('0.50');
  });

  test('bring the open cards of the order up to date', async () => {
    const { order } = await detailsOf(kit.deps, await aPaidOrder());
    const card = {
      bot: 'admin',
      chatId: 7,
      messageId: 1,
      shownVersion: 1,
      contentHash: 'card:',
      sentAt: 1,
      updatedAt: 1,
    };
    await kit.deps.database.transaction(({ sentMessages }) =>
      sentMessages.saveSent({ ...card, subject: orderSubject(order.id) }),
    );
    figures = [figure('bitpay-1')];
    const count = async () => {
      const [chat] = (await kit.deps.database.read((stores) => stores.outbox.depths(kit.deps.clock.now()))).filter(
        ({ lane }) => lane === 'chat',
      );
      return chat?.waiting ?? 0;
    };
    const before = await count();
    await read();
    expect((await count()) - before).toBe(1);
  });

  test('are fetched for more than a month back, so that those of a time without fetching are found', async () => {
    await read();
    const [{ from = 0, to = 0 } = {}] = windows;
    expect((to - from) / day).toBeGreaterThan(31);
  });

  test('that are unavailable do not affect another provider’s, and are fetched the next time', async () => {
    await aPaidOrder();
    figures = [figure('bitpay-1')];
    isUnavailable = true;
    expect(await read()).toEqual({ ...nothing, failed: 1 });
    isUnavailable = false;
    expect(await read()).toEqual({ ...nothing, booked: 1 });
  });

  test('with a share in a second unit keep both, sum both, and show the first on the payment', async () => {
    const paymentId = await aPaidOrder();
    figures = [figure('bitpay-1'), figure('bitpay-1', { asset: 'BCH', fee: '0.0001', net: '0.0099' })];
    await read();
    await read();
    expect((await detailsOf(kit.deps, paymentId)).payment.figuresAsset).toBe('USD');
    const window = { from: 0, to: kit.deps.clock.now() };
    expect(await totalFees(kit.deps, window)).toEqual([
      { asset: 'BCH', count: 1, fee: '0.0001', net: '0.0099' },
      { asset: 'USD', count: 1, fee: '0.49', net: '48.51' },
    ]);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).providers[0]).toMatchObject({
      figures: [
        { asset: 'BCH', count: 1 },
        { asset: 'USD', count: 1 },
      ],
      withoutFigures: 0,
    });
  });

  test('of an unmatched payment are counted, and unexplained in the closing of their day', async () => {
    await aPaidOrder();
    figures = [figure('bitpay-1'), figure('strange')];
    expect(await read()).toEqual({ ...nothing, booked: 1, unmatched: 1 });
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 1, unexplained: 1 });
    expect((await kit.contentOf('2026-11-20')).unexplained.list).toEqual([
      {
        provider: 'bitpay',
        kind: 'figures',
        reference: 'strange',
        paymentId: null,
        order: null,
        here: 'unknown',
        there: 'fee 0.49 USD, net 48.51 USD',
      },
    ]);
  });

  test('that are reported late correct the day of their payment', async () => {
    const paymentId = await aPaidOrder();
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).providers[0]?.withoutFigures).toBe(1);
    figures = [figure('bitpay-1')];
    await read();
    kit.setClock('2026-11-22T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-21')).corrections.list).toMatchObject([
      {
        paymentId,
        day: '2026-11-20',
        changes: [
          { field: 'fee', was: null, is: '0.49 USD' },
          { field: 'net', was: null, is: '48.51 USD' },
        ],
      },
    ]);
  });
});

describe('a settlement', () => {
  test('is stored, dates the payout of its payments, and counts on that day', async () => {
    const paymentId = await aPaidOrder();
    const settled: ProviderSettlement = {
      id: 's-1',
      currency: 'EUR',
      amount: '44.10',
      status: 'processing',
      from: 0,
      to: 1,
      at: null,
      references: [asProviderReference('bitpay-1'), asProviderReference('strange')],
    };
    settlements = [settled];
    expect(await read()).toEqual({ ...nothing, settlements: 1 });
    expect((await detailsOf(kit.deps, paymentId)).payment.settledAt).toBeNull();
    const at = Date.parse('2026-11-20T18:00:00Z');
    settlements = [
      { ...settled, status: 'completed', at },
      { ...settled, id: 's-2', at, references: null },
    ];
    await read();
    expect((await detailsOf(kit.deps, paymentId)).payment.settledAt).toBe(at);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).providers[0]?.settlements).toEqual([
      { currency: 'EUR', count: 2, amount: '88.20' },
    ]);
  });
});

describe('a provider that reports its fee with the payment', () => {
  test('is asked again for a fee that it did not report at first', async () => {
    kit.book('coinbase').capabilities = capabilities({ canList: true, tellsFees: true });
    const paymentId = await aPaidOrder('coinbase');
    expect(await read()).toEqual(nothing);
    await kit.shows(paymentId, { fees: { fee: '0.61', net: '48.39', asset: 'USDC' } }, { isLost: true });
    expect(await read()).toEqual({ ...nothing, booked: 1 });
    expect((await detailsOf(kit.deps, paymentId)).payment).toMatchObject({ feeAmount: '0.61', figuresAsset: 'USDC' });
    expect(await read()).toEqual(nothing);
  });
});
