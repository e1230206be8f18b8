// An order with several payments: which of them is named, and when nobody is told.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference, type PaymentId } from '#kernel/ids.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { requestPayment } from '#payments/collect/request-payment.ts';
import type { Payment } from '#payments/model/payment.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, rejected } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  const providers = createScriptedProviders(['btcpay'], made.clock);
  providers.onCreate('btcpay', () => {
    throw rejected('btcpay');
  });
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

/** A further payment of the same order. */
async function addPayment(first: PaymentId, differences: Partial<Payment> = {}): Promise<PaymentId> {
  const { payment } = await detailsOf(deps, first);
  const id = asPaymentId(deps.ids.newId());
  const another = { ...payment, id, reference: null, ...differences };
  await opened.database.transaction((stores) => stores.payments.insertPayment(another));
  return id;
}

async function pay(paymentId: PaymentId, amount: string): Promise<void> {
  const { requestedAmount } = (await detailsOf(deps, paymentId)).payment;
  const settlement = { expected: requestedAmount, received: amount, asset: 'USD' };
  const requested = { amount: requestedAmount, asset: 'USD' };
  const shows = { state: 'confirmed', providerStatus: 'Settled', requested, settlement } as const;
  await showSnapshot(deps, { paymentId, shows });
  deps.clock.advance(minute);
}

async function openCases(): Promise<Record<string, string>> {
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open']));
  return Object.fromEntries(alerts.map(({ paymentId, kind, facts }) => [paymentId, `${kind} ${facts.differenceFiat}`]));
}

const over = (decimal: string): Partial<Payment> => ({
  requestedAmount: decimal,
  amountMinor: Math.round(Number(decimal) * 100),
});

describe('of three payments', () => {
  test('the newest is named as the overpayment, without the one that is surplus as a whole', async () => {
    const small = await placeTestOrder(deps, over('10.00'));
    const middle = await addPayment(small, over('30.00'));
    const last = await addPayment(small, over('45.00'));
    await pay(small, '10.00');
    await pay(middle, '30.00');
    await pay(last, '45.00');
    expect((await detailsOf(deps, small)).order.status).toBe('paid');
    // 85.00 for 49.00: the 10.00 need not have come at all, and 26.00 of the last payment are too much.
    expect(await openCases()).toEqual({
      [small]: 'payment_duplicate null',
      [last]: 'payment_overpaid 26.00 USD',
    });
  });

  test('none is named while together they are the total', async () => {
    const first = await placeTestOrder(deps, over('10.00'));
    const second = await addPayment(first, over('30.00'));
    const third = await addPayment(first, over('9.00'));
    for (const [paymentId, amount] of [
      [first, '10.00'],
      [second, '30.00'],
      [third, '9.00'],
    ] as const) {
      await pay(paymentId, amount);
    }
    expect((await detailsOf(deps, first)).order.status).toBe('paid');
    expect(await openCases()).toEqual({});
  });
});

describe('a link that ends unpaid', () => {
  const ended = { state: 'expired', providerStatus: 'Expired' } as const;

  test('while another is open tells nobody, and the last one rings', async () => {
    const first = await placeTestOrder(deps);
    const second = await addPayment(first);
    await showSnapshot(deps, { paymentId: first, shows: ended });
    expect((await detailsOf(deps, first)).payment.status).toBe('expired');
    expect(await openCases()).toEqual({});
    deps.clock.advance(minute);
    await showSnapshot(deps, { paymentId: second, shows: ended });
    expect(await openCases()).toEqual({ [second]: 'payment_expired null' });
  });

  test('after its order is paid by another tells nobody', async () => {
    const first = await placeTestOrder(deps);
    const second = await addPayment(first);
    await pay(second, '49.00');
    await showSnapshot(deps, { paymentId: first, shows: { state: 'failed', providerStatus: 'Invalid' } });
    expect((await detailsOf(deps, first)).payment.status).toBe('failed');
    expect(await openCases()).toEqual({});
  });
});

describe('“no payment could be made” rings', () => {
  const cause = causeOf({ kind: 'admin', id: '42' });
  const toBeMade = { creation: 'requested', reference: null } as const;

  async function beRefused(paymentId: PaymentId): Promise<void> {
    const { payment } = await detailsOf(deps, paymentId);
    expect(await requestPayment(deps, { payment, cause, alternatives: 0 })).toMatchObject({ isRejected: true });
    expect((await detailsOf(deps, paymentId)).payment.status).toBe('failed');
  }

  test('while the order waits and has no other link', async () => {
    const only = await placeTestOrder(deps, toBeMade);
    await beRefused(only);
    expect(await openCases()).toEqual({ [only]: 'payment_not_created null' });
  });

  test('not while the customer has another link', async () => {
    const other = await placeTestOrder(deps, { reference: asProviderReference('other') });
    await beRefused(await addPayment(other, toBeMade));
    expect(await openCases()).toEqual({});
  });

  test('not when the order was cancelled meanwhile', async () => {
    const paymentId = await placeTestOrder(deps, toBeMade);
    const { order } = await detailsOf(deps, paymentId);
    await cancelOrder(deps, { orderId: order.id, actor: { kind: 'admin', id: '42' }, reason: null });
    await beRefused(paymentId);
    expect(await openCases()).toEqual({});
  });
});
