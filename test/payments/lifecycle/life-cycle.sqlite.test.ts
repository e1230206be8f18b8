// The promises of the payment life cycle, over random sequences of what a provider shows and when it is fetched, through the real
// verbs and a real database.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import type { PaymentStatus } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const createDeps = (): TestDeps => createTestDeps(opened.database);

async function announcementsOf(deps: PaymentDeps, orderId: string): Promise<string[]> {
  const messages = await deps.database.transaction((stores) =>
    stores.outbox.claimDue({
      lane: 'shop',
      now: deps.clock.now(),
      lockedUntil: deps.clock.now(),
      lockedBy: 'test',
      limit: 10_000,
      suspectedPoison: false,
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

/** The fetches: indexes into the story, with repeats, in any order; the last one is at the end of the story. */
const looks = fc.array(fc.nat({ max: 5 }), { maxLength: 8 });

type ProviderState = typeof providerState extends fc.Arbitrary<infer Value> ? Value : never;

function shownAs(shown: ProviderState): Partial<PaymentSnapshot> {
  const settlement = shown.received === '0' ? null : { expected: '0.00053', received: shown.received, asset: 'BTC' };
  return { state: shown.state, providerStatus: shown.state, isLate: shown.isLate, settlement };
}

/** A payment that was paid before stays known as such: a snapshot that gives another status to a new payment gives it `reversed` or `paid`. */
function forgetHistory(status: PaymentStatus, isCovered: boolean): string {
  if (isCovered) return 'money is there';
  return status === 'reversed' ? 'money is not there' : status;
}

describe('for any sequence of a provider’s events', () => {
  test('the final status is that of one fetch at the end, whatever was lost, repeated or reordered', async () => {
    await fc.assert(
      fc.asyncProperty(story, looks, async (states, indexes) => {
        const last = states.at(-1);
        if (last === undefined) return;
        // A notification makes us ask: what we see is what the provider shows then, never older than what we saw before.
        const seen = indexes.map((index) => Math.min(index, states.length - 1)).sort((a, b) => a - b);
        const followed = createDeps();
        const followedId = await placeTestOrder(followed);
        for (const index of seen) {
          followed.clock.advance(1_000);
          await showSnapshot(followed, { paymentId: followedId, shows: shownAs(states[index] ?? last) });
        }
        followed.clock.advance(1_000);
        await showSnapshot(followed, { paymentId: followedId, shows: shownAs(last) });
        const asked = createDeps();
        const askedId = await placeTestOrder(asked);
        await showSnapshot(asked, { paymentId: askedId, shows: shownAs(last) });
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

  test('applying a snapshot twice changes nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (states) => {
        const deps = createDeps();
        const paymentId = await placeTestOrder(deps);
        for (const shown of states) {
          const shows = { ...shownAs(shown), observedAt: deps.clock.now() };
          await showSnapshot(deps, { paymentId, shows });
          const before = await detailsOf(deps, paymentId);
          const announced = await announcementsOf(deps, before.order.id);
          await showSnapshot(deps, { paymentId, shows });
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
        const paymentId = await placeTestOrder(deps);
        for (const shown of states) {
          deps.clock.advance(1_000);
          await showSnapshot(deps, { paymentId: paymentId, shows: shownAs(shown) });
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
/** Money that was seen and is not any more is not received; of a payment that was paid, the card says what is gone. */
function lastReceived(seen: ProviderState[], last: ProviderState): string {
  let received = '0';
  let wasPaid = false;
  for (const shown of [...seen, last]) {
    const isEmpty = shown.received === '0' && !shown.isLate && ['open', 'expired', 'cancelled'].includes(shown.state);
    if (shown.received !== '0') received = shown.received;
    else if (isEmpty && !wasPaid) received = '0';
    wasPaid ||= shown.state === 'confirmed' && !shown.isLate && shown.received !== '0.0001';
  }
  return received;
}
