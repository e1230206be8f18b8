// The promises of the payment life cycle, over random stories of what a provider shows and when we look, through the real
// verbs and a real database.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asOrderId, asPaymentId, createIds, type PaymentId } from '#kernel/ids.ts';
import type { Order } from '#orders/order.ts';
import { applySnapshot } from '#payments/apply-snapshot.ts';
import type { PaymentDeps } from '#payments/deps.ts';
import { getOrderDetails, type OrderDetails } from '#payments/get-order.ts';
import type { Payment, PaymentStatus } from '#payments/payment.ts';
import { withPayment } from '#payments/payment-lease.ts';
import type { PaymentSnapshot } from '#payments/snapshot.ts';
import { createTestClock, type TestClock } from '#test/support/clock.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createRecordingLog } from '#test/support/event-log.ts';
import { createSeededRandom } from '#test/support/random.ts';
import { aSnapshot } from '#test/support/snapshots.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
let count = 0;

type TestDeps = PaymentDeps & { clock: TestClock };

function createDeps(): TestDeps {
  count += 1;
  const clock = createTestClock();
  const random = createSeededRandom(count);
  const providers = { list: () => [], find: () => undefined, health: () => undefined };
  return {
    database: opened.database,
    clock,
    random,
    ids: createIds({ clock, random }),
    providers,
    log: createRecordingLog(),
  };
}

async function placeOrder(deps: PaymentDeps): Promise<PaymentId> {
  const now = deps.clock.now();
  const orderId = asOrderId(deps.ids.newId());
  const paymentId = asPaymentId(deps.ids.newId());
  await deps.database.transaction(async (stores) => {
    const order: Order = {
      ...{ id: orderId, number: await stores.orders.nextOrderNumber(), status: 'awaiting_payment', version: 1 },
      ...{ currency: 'USD', amountMinor: 4900, items: [], reference: null, customerEmail: null, customerName: null },
      ...{
        redirectUrl: null,
        metadata: {},
        origin: 'store',
        note: null,
        attention: null,
        createdAt: now,
        updatedAt: now,
      },
      ...{ expiresAt: now + 3_600_000, paidAt: null, fulfilledAt: null },
    };
    const payment: Payment = {
      ...{ id: paymentId, orderId, provider: 'btcpay', status: 'created', version: 1, creation: 'confirmed' },
      ...{ currency: 'USD', amountMinor: 4900, requestedAmount: '49.00', requestedAsset: 'USD', expectedAmount: null },
      ...{ receivedAmount: null, receivedAsset: null, checkoutUrl: null },
      ...{ providerStatus: null, transactionIds: [], trust: null, evidenceAt: null, paidAt: null, nextPollAt: null },
      ...{ expiresAt: now + 3_600_000, lockedUntil: null, lockedBy: null, createdAt: now, updatedAt: now },
      reference: null,
    };
    await stores.orders.insertOrder(order);
    await stores.payments.insertPayment(payment);
  });
  return paymentId;
}

async function look(deps: PaymentDeps, paymentId: PaymentId, snapshot: PaymentSnapshot): Promise<void> {
  const leased = await withPayment(deps, {
    paymentId,
    work: ({ leaseId }) => applySnapshot(deps, { paymentId, leaseId, snapshot, cause }),
  });
  expect(leased.kind).toBe('done');
}

async function detailsOf(deps: PaymentDeps, paymentId: PaymentId): Promise<OrderDetails & { payment: Payment }> {
  const payment = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
  if (payment === undefined) throw new Error('the payment vanished');
  const details = await getOrderDetails(deps, { id: payment.orderId });
  if (details === undefined) throw new Error('the order vanished');
  return { ...details, payment };
}

async function announcementsOf(deps: PaymentDeps, orderId: string): Promise<string[]> {
  const messages = await deps.database.transaction((stores) =>
    stores.outbox.claimDue({
      ...{ lane: 'shop', now: deps.clock.now(), lockedUntil: deps.clock.now(), lockedBy: 'test' },
      ...{ limit: 10_000, suspects: false },
    }),
  );
  await deps.database.transaction(async (stores) => {
    for (const { id } of messages) {
      await stores.outbox.release({ id, lockedBy: 'test', availableAt: 0, error: null, isFinishedAttempt: false });
    }
  });
  return messages.filter((message) => message.key.includes(orderId)).map((message) => String(message.payload['type']));
}

/** The states a provider goes through, each with what came until then. */
const received = fc.constantFrom('0', '0.0001', '0.00053', '0.0006');
const providerState = fc.record({
  state: fc.constantFrom('open', 'processing', 'confirmed', 'expired', 'failed', 'invalid', 'cancelled' as const),
  received,
  isLate: fc.boolean(),
});
const story = fc.array(providerState, { minLength: 1, maxLength: 6 });

/** When we look: indexes into the story, with repeats, in any order; the last look is at the end of the story. */
const looks = fc.array(fc.nat({ max: 5 }), { maxLength: 8 });

type ProviderState = typeof providerState extends fc.Arbitrary<infer Value> ? Value : never;

function snapshotOf(deps: PaymentDeps, reference: string, shown: ProviderState): PaymentSnapshot {
  return aSnapshot({
    reference: reference as PaymentSnapshot['reference'],
    observedAt: deps.clock.now(),
    state: shown.state,
    providerStatus: shown.state,
    isLate: shown.isLate,
    settlement: shown.received === '0' ? null : { expected: '0.00053', received: shown.received, asset: 'BTC' },
  });
}

/** A payment that was paid before remembers it: where a first look says one thing, it says `reversed` or `paid`. */
function forgetHistory(status: PaymentStatus, isCovered: boolean): string {
  if (isCovered) return 'money is there';
  return status === 'reversed' ? 'money is not there' : status;
}

describe('over any story of a provider', () => {
  test('the end is what asking once at the end says, whatever was lost, repeated or reordered', async () => {
    await fc.assert(
      fc.asyncProperty(story, looks, async (states, indexes) => {
        const last = states.at(-1);
        if (last === undefined) return;
        // A notification makes us ask: what we see is what the provider shows then, never older than what we saw before.
        const seen = indexes.map((index) => Math.min(index, states.length - 1)).sort((a, b) => a - b);
        const followed = createDeps();
        const followedId = await placeOrder(followed);
        for (const index of seen) {
          followed.clock.advance(1_000);
          await look(followed, followedId, snapshotOf(followed, followedId, states[index] ?? last));
        }
        followed.clock.advance(1_000);
        await look(followed, followedId, snapshotOf(followed, followedId, last));
        const asked = createDeps();
        const askedId = await placeOrder(asked);
        await look(asked, askedId, snapshotOf(asked, askedId, last));
        const [one, other] = [await detailsOf(followed, followedId), await detailsOf(asked, askedId)];
        const wasPaid = one.payment.paidAt !== null;
        if (wasPaid) {
          const isCovered = ['paid', 'overpaid', 'paid_late'].includes(other.payment.status);
          expect(['paid', 'overpaid'].includes(one.payment.status)).toBe(isCovered);
          expect(forgetHistory(one.payment.status, isCovered)).toBe(
            isCovered ? 'money is there' : 'money is not there',
          );
        } else {
          expect(one.payment.status).toBe(other.payment.status);
        }
        expect(one.payment.receivedAmount ?? '0').toBe(
          lastReceived(
            seen.map((index) => states[index] ?? last),
            last,
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('applying a look twice changes nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (states) => {
        const deps = createDeps();
        const paymentId = await placeOrder(deps);
        for (const shown of states) {
          const snapshot = snapshotOf(deps, paymentId, shown);
          await look(deps, paymentId, snapshot);
          const before = await detailsOf(deps, paymentId);
          const announced = await announcementsOf(deps, before.order.id);
          await look(deps, paymentId, snapshot);
          const after = await detailsOf(deps, paymentId);
          expect(after.order).toEqual(before.order);
          expect(after.timeline).toEqual(before.timeline);
          expect(after.payment.status).toBe(before.payment.status);
          expect(await announcementsOf(deps, before.order.id)).toEqual(announced);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('an order is announced paid at most once, and never unless the full amount was there', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (states) => {
        const deps = createDeps();
        const paymentId = await placeOrder(deps);
        for (const shown of states) {
          deps.clock.advance(1_000);
          await look(deps, paymentId, snapshotOf(deps, paymentId, shown));
        }
        const { order } = await detailsOf(deps, paymentId);
        const paid = (await announcementsOf(deps, order.id)).filter((type) => type === 'order.paid');
        const wasCovered = states.some(
          (shown) =>
            shown.state === 'confirmed' && !shown.isLate && ['0', '0.00053', '0.0006'].includes(shown.received),
        );
        expect(paid.length).toBeLessThanOrEqual(1);
        if (!wasCovered) expect(paid).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** What came is never forgotten: the newest amount that was shown. */
function lastReceived(seen: ProviderState[], last: ProviderState): string {
  return [...seen, last].findLast((shown) => shown.received !== '0')?.received ?? '0';
}
