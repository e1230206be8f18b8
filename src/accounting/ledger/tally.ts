import { type AssetAmount, sumDecimals } from '#kernel/money.ts';
import { isCoveringPayment, type Payment, type PaymentStatus } from '#payments/model/payment.ts';
import { type LedgerSum, type Tally, type TallyGroup, tallyGroups } from './closing.ts';

/** What each status counts as by itself: every status is classified here. */
const groups: Readonly<Record<PaymentStatus, TallyGroup>> = {
  created: 'open',
  pending: 'open',
  paid: 'paid',
  overpaid: 'paid',
  underpaid: 'odd',
  paid_late: 'odd',
  reversed: 'odd',
  expired: 'unpaid',
  failed: 'unpaid',
  cancelled: 'unpaid',
};

/** What a status counts as at the provider, without our admins' decisions. */
export function groupOfStatus(status: PaymentStatus): TallyGroup {
  return groups[status];
}

/** What our payment counts as, with our admins' decisions. */
export function groupOf(
  payment: Pick<Payment, 'status' | 'heldAt' | 'acceptedAt' | 'creation'>,
): TallyGroup | 'not_made' {
  if (payment.creation !== 'confirmed') return 'not_made';
  if (isCoveringPayment(payment)) return 'paid';
  const group = groups[payment.status];
  return group === 'paid' ? 'odd' : group;
}

export interface Counted extends AssetAmount {
  group: TallyGroup;
}

export function tallyOf(counted: readonly Counted[]): Tally {
  const sumOf = (group: TallyGroup): LedgerSum => sumUp(counted.filter((one) => one.group === group));
  return { paid: sumOf('paid'), odd: sumOf('odd'), unpaid: sumOf('unpaid'), open: sumOf('open') };
}

export function sumUp(parts: readonly { amount: string }[]): LedgerSum {
  return { count: parts.length, amount: sumDecimals(parts.map(({ amount }) => amount)) };
}

export function isEmptyTally(tally: Tally): boolean {
  return tallyGroups.every((group) => tally[group].count === 0);
}

/** The parts by one of their keys, in the order of the keys: the order of input does not change a closing. */
export function groupBy<Part>(parts: readonly Part[], wordOf: (part: Part) => string): [string, Part[]][] {
  const found = new Map<string, Part[]>();
  for (const part of parts) {
    const word = wordOf(part);
    const known = found.get(word);
    if (known === undefined) found.set(word, [part]);
    else known.push(part);
  }
  return [...found].sort(([left], [right]) => compareTexts(left, right));
}

/** By UTF-16 units: the same order for every locale. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function negated(decimal: string): string {
  if (!/[1-9]/.test(decimal)) return decimal;
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
}

export interface Fees {
  asset: string;
  fee: string;
  net: string;
}

export interface FeeTotals extends Fees {
  /** Payments with fees in this asset. */
  count: number;
}

/** The fee and the net of a payment; none where they are not known. */
export function feesOf({
  feeAmount,
  netAmount,
  figuresAsset,
}: Pick<Payment, 'feeAmount' | 'netAmount' | 'figuresAsset'>): Fees[] {
  if (feeAmount === null || netAmount === null || figuresAsset === null) return [];
  return [{ asset: figuresAsset, fee: feeAmount, net: netAmount }];
}
