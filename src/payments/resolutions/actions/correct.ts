// Corrects our records by what the provider says. The payment is fetched anew; the decision is written down before it is
// applied, so that the history tells whose it was, and both together or not at all.

import { compareDecimals, formatAsset, MoneyInvalid, parseMinorFloor } from '#kernel/money.ts';
import { type Application, applySnapshotInto } from '../../lifecycle/apply-snapshot.ts';
import { withPayment } from '../../lifecycle/payment-lease.ts';
import { writeTimeline } from '../../lifecycle/write-timeline.ts';
import type { Payment } from '../../model/payment.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import { loadAbout } from '../../overrides/accept-into.ts';
import { refuseFetch } from '../../ports/capability-refusal.ts';
import { failureWords } from '../../ports/failure-words.ts';
import type { ProviderRegistry } from '../../ports/payment-provider.ts';
import type { PaymentTx } from '../../ports/payment-store.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { type Asked, decideCaseIn, type Open, type Resolution, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

export const correctBooks: Resolver = async (deps, asked) => {
  const paymentId = await deps.database.read(async (stores) => (await stores.cases.findCase(asked.caseId))?.paymentId);
  if (paymentId === undefined) return { kind: 'unknown' };
  if (paymentId === null) return refused({ code: 'nobody_to_ask' });
  let applied: Application | undefined;
  // What is asked is applied in the transaction that settles the case, under the lease in which it was asked: nothing
  // can come between the word and the books.
  const leased = await withPayment(deps, {
    paymentId,
    async work({ payment }) {
      const looked = await lookThere(deps, payment);
      if ('kind' in looked) return looked;
      return decideCaseIn(deps, { asked, action: 'correct' }, async (open) => {
        const taken = await take(deps, { open, asked, snapshot: looked.snapshot });
        if ('kind' in taken) return taken;
        applied = taken.application;
        return { kind: 'decided', code: 'corrected' };
      });
    },
  });
  if (leased.kind !== 'done') return refused({ code: 'payment_busy' });
  if (leased.result.kind === 'decided' && applied?.kind === 'changed') deps.onTransition?.(applied);
  return leased.result;
};

/** What the provider says of the payment now; null when it says that there is none. */
async function lookThere(
  deps: { providers: ProviderRegistry },
  payment: Payment,
): Promise<{ snapshot: PaymentSnapshot | null } | Resolution> {
  const provider = deps.providers.find(payment.provider);
  if (provider === undefined) return refused({ code: 'nobody_to_ask' });
  const notAsked = refuseFetch(provider);
  if (notAsked !== undefined) return refused(notAsked);
  if (payment.reference === null) return refused({ code: 'no_reference' });
  try {
    return { snapshot: await provider.fetchPayment(payment.reference, { details: payment.details }) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.httpStatus === 404) return { snapshot: null };
    return refused({ code: 'provider_failed', provider: payment.provider, message: failureWords(error) });
  }
}

async function take(
  deps: { providers: ProviderRegistry },
  about: { open: Open; asked: Asked; snapshot: PaymentSnapshot | null },
): Promise<{ application: Application } | Resolution> {
  const { asked, open } = about;
  const { tx, one, reason } = open;
  const known = await loadAbout(tx, one);
  if (known === undefined) return refused({ code: 'no_payment', action: 'correct' });
  const { order } = known;
  const snapshot = about.snapshot ?? noSuchPayment(known.payment, tx.clock.now());
  if (snapshot === undefined) return refused({ code: 'no_reference' });
  if (snapshot.requested.asset !== known.payment.requestedAsset) {
    return refused({ code: 'other_asset', requested: snapshot.requested });
  }
  const payment = await takeAmount(tx, { payment: known.payment, snapshot });
  if (payment === undefined) return refused({ code: 'amount_does_not_fit' });
  await settleCase(tx, { one, action: 'correct', by: asked.by, reason, undo: null });
  const { returnsOddPayments = false } = deps.providers.find(payment.provider)?.capabilities ?? {};
  return { application: await applySnapshotInto(tx, { order, payment, snapshot, returnsOddPayments }) };
}

/**
 * The payment is to bring in what the provider collects; whether that is enough for the order is decided as ever. Undefined
 * for an amount that does not fit.
 */
async function takeAmount(
  tx: PaymentTx,
  { payment, snapshot }: { payment: Payment; snapshot: PaymentSnapshot },
): Promise<Payment | undefined> {
  const { requested } = snapshot;
  if (compareDecimals(requested.amount, payment.requestedAmount) === 0) return payment;
  const amountMinor = minorOf(requested.amount, payment.currency);
  if (amountMinor === undefined) return undefined;
  const after = await tx.stores.payments.changePayment(payment, {
    amountMinor,
    requestedAmount: requested.amount,
    updatedAt: tx.clock.now(),
  });
  await writeTimeline(tx, {
    order: { id: payment.orderId },
    paymentId: payment.id,
    subject: 'note',
    from: null,
    to: null,
    trust: snapshot.trust,
    text: `the payment is over ${formatAsset(requested)} now, not over ${payment.requestedAmount}`,
  });
  return after;
}

function minorOf(amount: string, currency: string): number | undefined {
  try {
    return parseMinorFloor(amount, currency);
  } catch (error) {
    if (error instanceof MoneyInvalid) return undefined;
    throw error;
  }
}

/** The provider's word that it knows of no such payment, as a look; without a reference there is nothing to look at. */
function noSuchPayment(payment: Payment, now: number): PaymentSnapshot | undefined {
  if (payment.reference === null) return undefined;
  return {
    provider: payment.provider,
    reference: payment.reference,
    paymentId: payment.id,
    trust: 'fetched',
    observedAt: now,
    state: 'failed',
    providerStatus: 'no such payment',
    requested: { amount: payment.requestedAmount, asset: payment.requestedAsset },
    settlement: null,
    coin: null,
    fees: null,
    isLate: false,
    isMarkedSettled: false,
    checkoutUrl: null,
    transactionIds: [],
    label: null,
    createdAt: null,
    expiresAt: null,
  };
}
