// Pure: makes the content of a closing from everything that is known of its day. The content does not depend on the
// order in which payments, refunds and differences are given.
import type { CalendarDay } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { canonicalJson } from '#kernel/json.ts';
import { sumDecimals, toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import { type Changed, correctionOf, paidChanges } from '../ledger/booked-payment.ts';
import type {
  AssetLine,
  ClosingContent,
  FeeLine,
  LedgerDifference,
  ProviderLedger,
  RefundLine,
  TallyGroup,
} from '../ledger/closing.ts';
import type { ProviderFee, Settlement } from '../ledger/ledger-store.ts';
import { type Counted, compareTexts, type Fees, feesOf, groupBy, groupOf, sumUp, tallyOf } from '../ledger/tally.ts';

/**
 * A closing lists at most so many differences and as many corrections; if everything differs, a few are enough to see
 * it.
 */
export const listedMax = 200;

/** What a provider reported, or the reason why it is not known, in a sentence. */
export type Known<Value> = { kind: 'known'; value: Value } | { kind: 'unknown'; why: string };

/** What is known of one provider's day. */
export interface ProviderDay {
  provider: ProviderName;
  payments: readonly Payment[];
  /** What counts at the provider. */
  there: Known<readonly Counted[]>;
  isGivenUp: boolean;
  /** Refunds that succeeded on the day. */
  refunds: readonly Refund[];
  /** The ids of those of them that succeeded there too. */
  refundsThere: Known<ReadonlySet<string>>;
  /** Whether the provider reports its fees at all. */
  tellsFees: boolean;
  /** Fees of the day's payments in a second unit. */
  furtherFees: readonly ProviderFee[];
  settlements: readonly Settlement[];
}

export interface ExplainedDifference extends LedgerDifference {
  isExplained: boolean;
}

export interface DayFacts {
  number: number;
  day: CalendarDay;
  timeZone: string;
  from: Milliseconds;
  to: Milliseconds;
  closedAt: Milliseconds;
  ledgerBeganOn: CalendarDay;
  providers: readonly ProviderDay[];
  differences: readonly ExplainedDifference[];
  changed: readonly Changed[];
  interventions: ClosingContent['interventions'];
  exceptions: ClosingContent['exceptions'];
  entries: ClosingContent['entries'];
  notes: readonly string[];
}

export function closeDay(facts: DayFacts): ClosingContent {
  const unexplained = facts.differences.filter(({ isExplained }) => !isExplained).map(toDifference);
  unexplained.sort(comparePlaces);
  const corrections = facts.changed.flatMap((changed) => correctionOf(changed) ?? []);
  corrections.sort((left, right) => compareTexts(`${left.day} ${left.paymentId}`, `${right.day} ${right.paymentId}`));
  return {
    format: 1,
    number: facts.number,
    day: facts.day,
    timeZone: facts.timeZone,
    from: toTime(facts.from),
    to: toTime(facts.to),
    closedAt: toTime(facts.closedAt),
    providers: facts.providers.map(toProviderLedger).sort((left, right) => compareTexts(left.provider, right.provider)),
    interventions: facts.interventions.toSorted((left, right) => compareTexts(left.action, right.action)),
    exceptions: facts.exceptions.toSorted((left, right) =>
      compareTexts(`${left.kind} ${left.provider ?? ''}`, `${right.kind} ${right.provider ?? ''}`),
    ),
    explained: facts.differences.length - unexplained.length,
    unexplained: { count: unexplained.length, list: unexplained.slice(0, listedMax) },
    corrections: {
      count: corrections.length,
      list: corrections.slice(0, listedMax),
      paidChanges: paidChanges(facts.changed, facts.ledgerBeganOn),
    },
    entries: facts.entries,
    notes: [...facts.notes],
  };
}

function toProviderLedger(about: ProviderDay): ProviderLedger {
  const { there, refundsThere } = about;
  const made = about.payments.flatMap((payment) => {
    const group = groupOf(payment);
    return group === 'not_made' ? [] : [{ payment, group }];
  });
  return {
    provider: about.provider,
    unknownWhy: there.kind === 'unknown' ? there.why : null,
    isGivenUp: about.isGivenUp,
    payments: assetLines(made.map(countHere), there.kind === 'unknown' ? null : there.value),
    received: receivedLines(made),
    notMade: about.payments.length - made.length,
    figures: feeLines(about),
    withoutFigures: about.tellsFees ? made.filter(lacksFees).length : null,
    refunds: refundLines(about),
    refundsUnknownWhy: refundsThere.kind === 'unknown' && about.refunds.length > 0 ? refundsThere.why : null,
    settlements: groupBy(about.settlements, ({ currency }) => currency).map(([currency, settlements]) => ({
      currency,
      ...sumUp(settlements),
    })),
  };
}

interface Made {
  payment: Payment;
  group: TallyGroup;
}

function countHere({ payment, group }: Made): Counted {
  return { asset: payment.requestedAsset, amount: payment.requestedAmount, group };
}

function lacksFees({ payment, group }: Made): boolean {
  return group === 'paid' && payment.figuresAsset === null;
}

function assetLines(here: readonly Counted[], there: readonly Counted[] | null): AssetLine[] {
  const all = [...here.map((counted) => ({ ...counted, isHere: true })), ...(there ?? [])];
  return groupBy(all, ({ asset }) => asset).map(([asset, of]) => ({
    asset,
    here: tallyOf(of.filter((one) => 'isHere' in one)),
    there: there === null ? null : tallyOf(of.filter((one) => !('isHere' in one))),
  }));
}

function receivedLines(made: readonly Made[]): ProviderLedger['received'] {
  const received = made.flatMap(({ payment, group }) => {
    const { receivedAmount: amount, receivedAsset: asset } = payment;
    const hasMoney = group === 'paid' || (group === 'odd' && payment.status !== 'reversed');
    return hasMoney && amount !== null && asset !== null ? [{ amount, asset }] : [];
  });
  return groupBy(received, ({ asset }) => asset).map(([asset, of]) => ({ asset, amount: sumUp(of).amount }));
}

function feeLines({ payments, furtherFees }: ProviderDay): FeeLine[] {
  const fees: Fees[] = [...payments.flatMap(feesOf), ...furtherFees];
  return groupBy(fees, ({ asset }) => asset).map(([asset, of]) => ({
    asset,
    count: of.length,
    fee: sumDecimals(of.map(({ fee }) => fee)),
    net: sumDecimals(of.map(({ net }) => net)),
  }));
}

function refundLines({ refunds, refundsThere }: ProviderDay): RefundLine[] {
  return groupBy(refunds, ({ currency }) => currency).map(([currency, of]) => {
    const here = of.map((refund) => ({ id: refund.id, amount: toDecimal(refund) }));
    const isThere = ({ id }: { id: string }): boolean => refundsThere.kind === 'known' && refundsThere.value.has(id);
    return {
      currency,
      here: sumUp(here),
      there: refundsThere.kind === 'known' ? sumUp(here.filter(isThere)) : null,
    };
  });
}

/** By provider and reference; two differences of one reference are sorted by their own words, which take longer to write. */
function comparePlaces(left: LedgerDifference, right: LedgerDifference): number {
  return compareTexts(placeOf(left), placeOf(right)) || compareTexts(canonicalJson(left), canonicalJson(right));
}

function placeOf({ provider, reference }: LedgerDifference): string {
  return `${provider} ${reference ?? ''} `;
}

function toDifference({ isExplained, ...difference }: ExplainedDifference): LedgerDifference {
  return difference;
}

function toTime(at: Milliseconds): string {
  return new Date(at).toISOString();
}
