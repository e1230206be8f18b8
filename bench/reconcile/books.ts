// The two sides of a comparison: payments of ours in a database, and a provider that lists the same, each entry made when its page is
// asked for, so that the memory that is measured is the product's own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import type { TestClock } from '#test/support/time/test-clock.ts';

/** As far as a run reaches back, but for its edges. */
const windowMs: Milliseconds = 8 * day;
const pageSize = 100;
const paymentsPerCommit = 1_000;

export interface BooksPlan {
  payments: number;
  /** One of so many was paid, and no webhook came. */
  lostOneIn: number;
}

const isLost = (number: number, { lostOneIn }: BooksPlan): boolean => number % lostOneIn === 0;
const referenceOf = (number: number) => asProviderReference(`invoice-${String(number).padStart(9, '0')}`);

export async function openBooks(file: string, plan: BooksPlan, clock: TestClock): Promise<OpenDatabase> {
  const database = await openDatabase({ target: { engine: 'sqlite', file } });
  await database.migrate();
  const madeAt = moments(plan, clock);
  for (let first = 0; first < plan.payments; first += paymentsPerCommit) {
    const last = Math.min(first + paymentsPerCommit, plan.payments);
    await database.transaction(async ({ orders, payments }) => {
      for (let number = first; number < last; number += 1) {
        const createdAt = madeAt(number);
        const times = { createdAt, updatedAt: createdAt, expiresAt: createdAt + day };
        const orderId = asOrderId(`order-${number}`);
        const status = isLost(number, plan) ? 'awaiting_payment' : 'paid';
        await orders.insertOrder({
          ...{ id: orderId, number: number + 1, status, version: 1, currency: 'USD', amountMinor: 4_900, items: [] },
          ...{ reference: null, customerEmail: null, customerName: null, redirectUrl: null, metadata: {} },
          ...{ origin: 'store', note: null, attention: null, ...times, paidAt: null, fulfilledAt: null },
        });
        const id = asPaymentId(`payment-${number}`);
        const payment = aPayment({ ...times, id, orderId, reference: referenceOf(number) });
        await payments.insertPayment(isLost(number, plan) ? payment : aPayment({ ...payment, ...paid }));
      }
    });
  }
  return database;
}

const money = { amount: '49.00', asset: 'USD' };
const paid = {
  ...{ status: 'paid', providerStatus: 'Settled', capturedMinor: 4_900, trust: 'fetched' },
  ...{ expectedAmount: money.amount, receivedAmount: money.amount, receivedAsset: money.asset, paidAt: 0 },
} satisfies Partial<Payment>;

/** All are settled there. */
export function createListing(plan: BooksPlan, clock: TestClock): ScriptedProviders {
  const providers = createScriptedProviders(['btcpay'], clock);
  const madeAt = moments(plan, clock);
  const snapshotOf = (number: number): PaymentSnapshot =>
    aSnapshot({
      ...{ reference: referenceOf(number), paymentId: asPaymentId(`payment-${number}`), createdAt: madeAt(number) },
      ...{ state: 'confirmed', providerStatus: 'Settled', observedAt: clock.now() },
      settlement: { expected: money.amount, received: money.amount, asset: money.asset },
    });
  const listing = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    capabilities: { ...provider.capabilities, canList: true },
    async *listPayments({ from, to }) {
      let page: PaymentSnapshot[] = [];
      for (let number = 0; number < plan.payments; number += 1) {
        if (madeAt(number) < from || madeAt(number) >= to) continue;
        page.push(snapshotOf(number));
        if (page.length < pageSize) continue;
        // As an answer from a network does.
        await nextTurn();
        yield page;
        page = [];
      }
      yield page;
    },
    fetchPayment: async (reference) => snapshotOf(Number(reference.split('-')[1])),
  });
  const scripted = providers.find('btcpay');
  const provider = scripted && listing(scripted);
  return { ...providers, find: () => provider };
}

function moments({ payments }: BooksPlan, clock: TestClock): (number: number) => Milliseconds {
  const from = clock.now() - windowMs;
  return (number) => from + Math.floor((number * (windowMs - day / 2)) / payments);
}
