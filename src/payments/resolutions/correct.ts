// Takes the provider's word into our books. What it says is asked anew; the decision is written down before it is applied,
// so that the history tells whose it was.
import { assert } from '#kernel/invariant.ts';
import { compareDecimals, formatAsset, MoneyInvalid, parseMinorFloor } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { loadAbout } from '../accept-into.ts';
import { applySnapshot } from '../apply-snapshot.ts';
import { whyNotAsked } from '../ask-instead.ts';
import type { PaymentDeps } from '../deps.ts';
import type { Payment } from '../payment.ts';
import { withPayment } from '../payment-lease.ts';
import { ProviderError } from '../provider-errors.ts';
import { refreshPayment } from '../refresh-payment.ts';
import {
  type Asked,
  decideOpen,
  type Open,
  type Resolution,
  type Resolver,
  refused,
  settleException,
} from '../resolution.ts';
import type { PaymentSnapshot } from '../snapshot.ts';
import { type Work, writeTimeline } from '../work.ts';

export const correctBooks: Resolver = async (deps, asked) => {
  const looked = await lookThere(deps, asked);
  if ('kind' in looked) return looked;
  const { payment, snapshot } = looked;
  const resolution = await decideOpen(deps, { asked, action: 'correct' }, (open) => take(open, { asked, snapshot }));
  if (resolution.kind !== 'decided') return resolution;
  await apply(deps, { payment, snapshot, asked });
  return resolution;
};

/** What the provider says of the payment now; null when it says that there is none. */
async function lookThere(
  deps: PaymentDeps,
  asked: Asked,
): Promise<{ payment: Payment; snapshot: PaymentSnapshot | null } | Resolution> {
  const { exception, payment } = await deps.database.read(async (stores) => {
    const found = await stores.exceptions.findException(asked.exceptionId);
    const about = found?.paymentId ? await stores.payments.findPayment(found.paymentId) : undefined;
    return { exception: found, payment: about };
  });
  if (exception === undefined) return { kind: 'unknown' };
  const provider = payment && deps.providers.find(payment.provider);
  if (payment === undefined || provider === undefined) return refused('There is nobody to ask about it.');
  const notAsked = whyNotAsked(provider);
  if (notAsked !== undefined) return refused(notAsked);
  if (payment.reference === null) return refused('The provider never gave it an id to ask for.');
  try {
    return { payment, snapshot: await provider.fetchPayment(payment.reference, { details: payment.details }) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.httpStatus === 404) return { payment, snapshot: null };
    return refused(`${providerTitle(payment.provider)}: ${error.message}`);
  }
}

async function take(
  { work, exception, reason }: Open,
  about: { asked: Asked; snapshot: PaymentSnapshot | null },
): Promise<Resolution> {
  const { asked, snapshot } = about;
  const known = await loadAbout(work, exception);
  if (known === undefined) return refused('There is no payment of ours to correct.');
  if (snapshot !== null && snapshot.requested.asset !== known.payment.requestedAsset) {
    return refused(`The provider collects ${formatAsset(snapshot.requested)}: our books know only one currency.`);
  }
  if (snapshot !== null && (await takeAmount(work, { payment: known.payment, snapshot })) === 'impossible') {
    return refused('That amount does not fit into our books.');
  }
  await settleException(work, { exception, action: 'correct', by: asked.by, reason, undo: null });
  return { kind: 'decided', said: 'Our books follow the provider.' };
}

/** The payment is to bring in what the provider collects; whether that is enough for the order is decided as ever. */
async function takeAmount(
  work: Work,
  { payment, snapshot }: { payment: Payment; snapshot: PaymentSnapshot },
): Promise<'taken' | 'impossible'> {
  const { requested } = snapshot;
  if (compareDecimals(requested.amount, payment.requestedAmount) === 0) return 'taken';
  const amountMinor = minorOf(requested.amount, payment.currency);
  if (amountMinor === undefined) return 'impossible';
  const change = {
    status: payment.status,
    ...{ amountMinor, requestedAmount: requested.amount, updatedAt: work.clock.now() },
  };
  const expected = { status: payment.status, version: payment.version };
  const isChanged = await work.stores.payments.changePayment({ id: payment.id, expected, change });
  assert(isChanged, `payment ${payment.id} changed within one transaction`);
  await writeTimeline(work, {
    ...{ order: { id: payment.orderId }, paymentId: payment.id, subject: 'note', from: null, to: null },
    trust: snapshot.trust,
    text: `the payment is over ${formatAsset(requested)} now, not over ${payment.requestedAmount}`,
  });
  return 'taken';
}

function minorOf(amount: string, currency: string): number | undefined {
  try {
    return parseMinorFloor(amount, currency);
  } catch (error) {
    if (error instanceof MoneyInvalid) return undefined;
    throw error;
  }
}

async function apply(
  deps: PaymentDeps,
  input: { payment: Payment; snapshot: PaymentSnapshot | null; asked: Asked },
): Promise<void> {
  const { payment, snapshot, asked } = input;
  const { actor } = asked.by;
  const cause = { kind: 'admin', id: actor.id, actor } as const;
  if (snapshot !== null) {
    await refreshPayment(deps, { paymentId: payment.id, cause });
    return;
  }
  const gone = noSuchPayment(payment, deps.clock.now());
  if (gone === undefined) return;
  await withPayment(deps, {
    paymentId: payment.id,
    work: ({ leaseId }) => applySnapshot(deps, { paymentId: payment.id, leaseId, snapshot: gone, cause }),
  });
}

/** The provider's word that it knows of no such payment, as a look; without a reference there is nothing to look at. */
function noSuchPayment(payment: Payment, now: number): PaymentSnapshot | undefined {
  if (payment.reference === null) return undefined;
  return {
    ...{ provider: payment.provider, reference: payment.reference, paymentId: payment.id, trust: 'fetched' },
    ...{ observedAt: now, state: 'failed', providerStatus: 'no such payment' },
    requested: { amount: payment.requestedAmount, asset: payment.requestedAsset },
    ...{ settlement: null, coin: null, figures: null, isLate: false, isMarkedByHand: false },
    ...{ checkoutUrl: null, transactionIds: [], label: null, createdAt: null, expiresAt: null },
  };
}
