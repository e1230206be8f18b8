// What a comparison found and could not heal is an exception with an age: an hourly run that finds the same again leaves it
// as old as it is, one that finds it no longer ends it, and what a person has settled stays settled while nothing changes.
import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import {
  type ExceptionKind,
  findingExceptionKinds,
  type PaymentException,
  twinKey,
  wasSettledByPerson,
} from '../exceptions/exception.ts';
import { endException, type Inherited, openException } from '../exceptions/open-exception.ts';
import type { FindingKind } from '../model/reconciliation.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { endTrouble } from '../trouble.ts';
import type { Bounds, Difference } from './compare-with-provider.ts';

/** As many open findings of one provider are looked through for those that are over. */
const endedMax = 2_000;

const kindOf: Readonly<Record<FindingKind, ExceptionKind & `finding_${FindingKind}`>> = {
  missing_here: 'finding_missing_here',
  missing_there: 'finding_missing_there',
  status: 'finding_status',
  amount: 'finding_amount',
  currency: 'finding_currency',
};

const summaries: Readonly<Record<FindingKind, string>> = {
  missing_here: 'The provider has a payment that we do not know',
  missing_there: 'The provider does not have our payment',
  status: 'The provider’s status differs from ours',
  amount: 'The provider collects another amount',
  currency: 'The provider collects another currency',
};

export function findingKey(
  provider: ProviderName,
  difference: Pick<Difference, 'kind' | 'reference' | 'payment'>,
): string {
  return `${kindOf[difference.kind]}:${provider}:${difference.reference ?? difference.payment?.id ?? 'unknown'}`;
}

/** Opens what is new, freshens what is known, and tells how many of them a person has settled as they are. */
export async function openFindings(
  tx: PaymentTx,
  input: { provider: ProviderName; differences: readonly Difference[] },
): Promise<{ settled: number }> {
  const { provider, differences } = input;
  const keys = differences.map((difference) => findingKey(provider, difference));
  const twins = differences.flatMap((difference) => twinOf(provider, difference) ?? []);
  const known = await tx.stores.exceptions.listExceptionsByKeys([...keys, ...twins]);
  let settled = 0;
  for (const difference of differences) {
    const key = findingKey(provider, difference);
    // The newest of a key comes first.
    const last = known.find((exception) => exception.key === key);
    const twin = known.find((exception) => exception.key === twinOf(provider, difference));
    const isSettledAlready = (last && isSettled(last, difference)) || (twin && wasSettledByPerson(twin));
    if (isSettledAlready) settled += 1;
    else await openFinding(tx, { provider, difference, key, twin });
  }
  return { settled };
}

function twinOf(provider: ProviderName, { kind, reference }: Difference): string | undefined {
  return twinKey({ kind: kindOf[kind], provider, reference });
}

/** A person has looked at exactly this. A difference that has grown since is another one. */
function isSettled(exception: PaymentException, difference: Difference): boolean {
  const { facts } = exception;
  return wasSettledByPerson(exception) && facts.here === difference.here && facts.there === difference.there;
}

/** What was heard of before it was found is one trouble: it goes on under the finding, as old as it is and with its owner. */
async function openFinding(
  tx: PaymentTx,
  input: { provider: ProviderName; difference: Difference; key: string; twin: PaymentException | undefined },
): Promise<void> {
  const { provider, difference, key, twin } = input;
  const inherited = twin?.status === 'open' ? twin : undefined;
  if (inherited !== undefined) await endTrouble(tx, { key: inherited.key, by: 'A comparison has found it as well.' });
  const { kind, payment, snapshot, here, there } = difference;
  await openException(tx, {
    key,
    kind: kindOf[kind],
    provider,
    reference: difference.reference,
    orderId: payment?.orderId ?? null,
    paymentId: payment?.id ?? null,
    refundId: null,
    subjectAt: payment?.createdAt ?? snapshot?.createdAt ?? null,
    facts: {
      summary: summaries[kind],
      gapFiat: null,
      gapCoin: null,
      here,
      there,
      money: snapshot?.requested ?? null,
      label: snapshot?.label ?? null,
      why: snapshot === null ? 'It is not in the provider’s own list.' : snapshot.providerStatus,
    },
    inherited: inherited && ageOf(inherited),
  });
}

function ageOf({ openedAt, ownerId, ownerName, takenAt }: PaymentException): Inherited {
  return { openedAt, ownerId, ownerName, takenAt };
}

/** Ends what this run would have found again if it were still so: what lies outside of its window stays open. */
export async function endLostFindings(
  tx: PaymentTx,
  input: { provider: ProviderName; found: ReadonlySet<string>; bounds: Bounds },
): Promise<{ ended: number }> {
  const { provider, found, bounds } = input;
  const query = { provider, kinds: findingExceptionKinds, limit: endedMax };
  const open = await tx.stores.exceptions.listOpenExceptionsOfProvider(query);
  const over = open.filter(({ key, subjectAt }) => !found.has(key) && isCovered(subjectAt, bounds));
  for (const { key } of over) {
    await endException(tx, { key, by: 'A later comparison no longer finds it.' });
  }
  return { ended: over.length };
}

function isCovered(subjectAt: Milliseconds | null, { oldest, newest }: Bounds): boolean {
  return subjectAt === null || (subjectAt >= oldest && subjectAt <= newest);
}
