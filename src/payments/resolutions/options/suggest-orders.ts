// Which of our orders a payment that was made past us may be for: by what is written on it, by its amount and by its time.
// Points are small whole numbers, so that a person can follow why one order stands before another.
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import { type AssetAmount, compareDecimals, toDecimal } from '#kernel/money.ts';
import { formatOrderNumber, type Order, type OrderStatus } from '#orders/order.ts';

/** What is known of the payment; a null does not count for or against any order. */
export interface StrayPayment {
  money: AssetAmount | null;
  label: string | null;
  /** Assets that stand one for one for the order's currency at its provider, for example USDC for USD. */
  sameAssets: readonly string[];
  at: Milliseconds | null;
}

export interface Candidate {
  order: Pick<Order, 'number' | 'status' | 'amountMinor' | 'currency' | 'reference' | 'customerEmail' | 'createdAt'>;
  /** What is missing of it, in minor units; 0 when it is paid. */
  missingMinor: number;
}

export interface Suggestion<Some extends Candidate = Candidate> {
  candidate: Some;
  points: number;
  /** Why, in a few words each. */
  because: string[];
}

export const suggestionsMax = 3;
/** Time alone, or waiting alone, makes no suggestion. */
const pointsMin = 40;

/** Orders whose money is settled for good are for no payment any more. */
const overStatuses: readonly OrderStatus[] = ['refunded', 'partially_refunded'];

/** The best three, the most points first, the younger order first among equals. */
export function suggestOrders<Some extends Candidate>(
  payment: StrayPayment,
  candidates: readonly Some[],
): Suggestion<Some>[] {
  return candidates
    .filter(({ order }) => !overStatuses.includes(order.status))
    .map((candidate) => score(payment, candidate))
    .filter(({ points }) => points >= pointsMin)
    .sort(
      (left, right) => right.points - left.points || right.candidate.order.createdAt - left.candidate.order.createdAt,
    )
    .slice(0, suggestionsMax);
}

function score<Some extends Candidate>(payment: StrayPayment, candidate: Some): Suggestion<Some> {
  const parts = [
    byLabel(payment, candidate),
    byAmount(payment, candidate),
    byTime(payment, candidate),
    byNeed(candidate),
  ];
  const found = parts.filter((part) => part !== undefined);
  return {
    candidate,
    points: found.reduce((sum, { points }) => sum + points, 0),
    because: found.flatMap(({ word }) => (word === null ? [] : [word])),
  };
}

type Part = { points: number; word: string | null } | undefined;

function byLabel({ label }: StrayPayment, { order }: Candidate): Part {
  if (label === null) return undefined;
  const text = label.toLowerCase();
  const isWord = (word: string | null): boolean =>
    word !== null && word.length >= 3 && hasWord(text, word.toLowerCase());
  if (isWord(formatOrderNumber(order.number))) return { points: 100, word: 'its number is on it' };
  if (isWord(order.reference)) return { points: 80, word: 'its reference is on it' };
  return isWord(order.customerEmail) ? { points: 60, word: 'its customer is on it' } : undefined;
}

/** As a whole word: `T-104` is not in `T-1042`. */
function hasWord(text: string, word: string): boolean {
  const from = text.indexOf(word);
  if (from < 0) return false;
  const around = `${text[from - 1] ?? ' '}${text[from + word.length] ?? ' '}`;
  return !/[\p{L}\p{N}]/u.test(around) || hasWord(text.slice(from + 1), word);
}

function byAmount({ money, sameAssets }: StrayPayment, { order, missingMinor }: Candidate): Part {
  if (money === null || (money.asset !== order.currency && !sameAssets.includes(money.asset))) return undefined;
  const { currency } = order;
  const is = (amountMinor: number): boolean =>
    compareDecimals(money.amount, toDecimal({ amountMinor, currency })) === 0;
  if (missingMinor > 0 && missingMinor !== order.amountMinor && is(missingMinor)) {
    return { points: 50, word: 'exactly what is missing' };
  }
  return is(order.amountMinor) ? { points: 50, word: 'the same amount' } : undefined;
}

function byTime({ at }: StrayPayment, { order }: Candidate): Part {
  if (at === null) return undefined;
  const apart = Math.abs(at - order.createdAt);
  if (apart <= hour) return { points: 25, word: 'made within an hour of it' };
  if (apart <= day) return { points: 15, word: 'made within a day of it' };
  return apart <= 7 * day ? { points: 5, word: null } : undefined;
}

/** What still waits for money is likelier than what has it. */
function byNeed({ order, missingMinor }: Candidate): Part {
  if (missingMinor === 0) return undefined;
  return { points: order.status === 'cancelled' ? 3 : 10, word: null };
}
