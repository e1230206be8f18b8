// Orders with one BTCPay payment over 49.00 USD, and snapshots of it that the test makes: the payment life cycle without
// a provider, through the real verbs and a real database.
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { asOrderId, asPaymentId, createIds, type PaymentId } from '#kernel/ids.ts';
import { applySnapshot } from '#payments/lifecycle/apply-snapshot.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import { withPayment } from '#payments/lifecycle/payment-lease.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { aPayment } from '../builders/payment.ts';
import { aSnapshot } from '../builders/snapshot.ts';
import { createRecordingLog } from '../fakes/recording-log.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';
import { createTestClock, type TestClock } from '../time/test-clock.ts';

export type TestDeps = DomainDeps & { clock: TestClock };

const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
let seed = 0;

export function createTestDeps(database: DomainDeps['database']): TestDeps {
  seed += 1;
  const clock = createTestClock();
  const random = createSeededRandom(seed);
  const providers = { list: () => [], find: () => undefined, health: () => undefined };
  return { database, clock, random, ids: createIds({ clock, random }), providers, log: createRecordingLog() };
}

/** The payment has no reference yet, so that the first snapshot gives it one, unless the test says otherwise. */
export async function placeTestOrder(deps: DomainDeps, differences: Partial<Payment> = {}): Promise<PaymentId> {
  const now = deps.clock.now();
  const orderId = asOrderId(deps.ids.newId());
  const paymentId = asPaymentId(deps.ids.newId());
  const times = { createdAt: now, updatedAt: now, expiresAt: now + 3_600_000 };
  await deps.database.transaction(async (stores) => {
    await stores.orders.insertOrder({
      id: orderId,
      number: await stores.orders.nextOrderNumber(),
      status: 'awaiting_payment',
      version: 1,
      currency: 'USD',
      amountMinor: 4900,
      items: [],
      reference: null,
      customerEmail: null,
      customerName: null,
      redirectUrl: null,
      metadata: {},
      origin: 'store',
      note: null,
      attention: null,
      ...times,
      paidAt: null,
      fulfilledAt: null,
    });
    await stores.payments.insertPayment(
      aPayment({ ...times, id: paymentId, orderId, reference: null, ...differences }),
    );
  });
  return paymentId;
}

/** Applies a snapshot of the payment; it is of this payment and this moment unless the test says otherwise. */
export async function showSnapshot(
  deps: DomainDeps,
  input: { paymentId: PaymentId; shows: Partial<PaymentSnapshot> },
): Promise<void> {
  const { paymentId } = input;
  const reference = paymentId as string as PaymentSnapshot['reference'];
  const snapshot = aSnapshot({ reference, observedAt: deps.clock.now(), ...input.shows });
  const leased = await withPayment(deps, {
    paymentId,
    work: ({ lease }) => applySnapshot(deps, { paymentId, lease, snapshot, cause }),
  });
  if (leased.kind !== 'done') throw new Error(`the snapshot was not applied: ${leased.kind}`);
}

export async function detailsOf(deps: DomainDeps, paymentId: PaymentId): Promise<OrderDetails & { payment: Payment }> {
  const payment = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
  if (payment === undefined) throw new Error('the payment vanished');
  const details = await getOrderDetails(deps, { id: payment.orderId });
  if (details === undefined) throw new Error('the order vanished');
  return { ...details, payment };
}
