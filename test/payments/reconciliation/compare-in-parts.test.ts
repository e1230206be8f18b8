import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ListedPayment, UnreadPayment } from '#payments/model/snapshot.ts';
import { compareInParts, type Lists, type Part, partsOf } from '#payments/reconciliation/compare-in-parts.ts';
import { type Comparison, compareWithProvider } from '#payments/reconciliation/compare-with-provider.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';

const to = 9 * day;
const bounds = { oldest: 10 * minute, newest: to - 2 * minute };

function ours(number: number, createdAt: number): Payment {
  return aPayment({ id: asPaymentId(`p-${number}`), reference: asProviderReference(`r-${number}`), createdAt });
}

function theirs(number: number, createdAt: number): ListedPayment {
  return aSnapshot({
    reference: asProviderReference(`r-${number}`),
    paymentId: asPaymentId(`p-${number}`),
    createdAt,
    requested: { amount: number % 5 === 0 ? '1.00' : '49.00', asset: 'USD' },
  });
}

/** An entry that nobody understands, and which may not even say what it is about. */
function unread(number: number, createdAt: number): UnreadPayment {
  const named = number % 2 === 0;
  return {
    provider: 'btcpay',
    reference: named ? asProviderReference(`r-${number}`) : null,
    paymentId: null,
    createdAt: named ? createdAt : null,
    unread: `status ${number}`,
  };
}

/** Once `endsAfter` parts are done, another comparison goes on with those that are left. */
async function compared(
  here: readonly Payment[],
  there: readonly ListedPayment[],
  parts: readonly Part[],
  endsAfter = Number.POSITIVE_INFINITY,
) {
  const within = ({ createdAt }: { createdAt: number | null }, part: Part): boolean =>
    // The first part has what says nothing of its time.
    createdAt === null ? part === parts[0] : createdAt >= part.from && createdAt < part.to;
  const input = {
    bounds,
    list: async (part: Part) => ({
      here: here.filter((payment) => within(payment, part)),
      there: there.filter((entry) => within(entry, part)),
    }),
    findHere: async ({ reference, paymentId }: ListedPayment) =>
      here.find((payment) => payment.reference === reference || payment.id === paymentId),
  };
  const found: Comparison[] = [];
  let done = 0;
  let before: Lists | undefined;
  const onPart = async (_: Part, alone: Lists): Promise<void> => {
    done += 1;
    if (done === endsAfter) before = alone;
  };
  for await (const slice of compareInParts({ ...input, parts, onPart })) {
    if (before !== undefined) break;
    found.push(...slice);
  }
  if (before === undefined) return found;
  const rest = compareInParts({ ...input, parts: parts.slice(endsAfter), before });
  return [...found, ...(await Array.fromAsync(rest)).flat()];
}

/** What is found, in any order. */
function wordsOf(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .map(({ pair, difference }) => {
      const about = difference === undefined ? 'same' : `${difference.kind} ${difference.here} | ${difference.there}`;
      return `${pair.ours?.id ?? 'none'} ${pair.theirs?.reference ?? 'none'} ${about}`;
    })
    .sort();
}

describe('a comparison in parts', () => {
  test('finds what one of the whole window finds, wherever it is cut or taken up, and on whichever day either side made a payment', async () => {
    const at = fc.integer({ min: 0, max: to - 1 });
    const record = fc.record({ ours: fc.option(at), theirs: fc.option(at), isUnread: fc.nat({ max: 9 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 12 }),
        fc.uniqueArray(fc.integer({ min: 1, max: to - 1 }), { maxLength: 4 }),
        fc.option(at),
        fc.integer({ min: 1, max: 5 }),
        async (records, cuts, second, endsAfter) => {
          const here = records.flatMap((made, number) => (made.ours === null ? [] : [ours(number, made.ours)]));
          const there = records.flatMap((made, number) => {
            if (made.theirs === null) return [];
            return [made.isUnread === 0 ? unread(number, made.theirs) : theirs(number, made.theirs)];
          });
          // The provider made another payment for the first of ours.
          if (second !== null && records[0]?.isUnread !== 0) {
            there.push({ ...theirs(0, second), reference: asProviderReference('second') } as ListedPayment);
          }
          const edges = [0, ...cuts.sort((one, other) => one - other), to];
          const parts = edges.slice(1).map((end, index) => ({ from: edges[index] ?? 0, to: end }));
          const whole = compareWithProvider({ here, there, ...bounds });
          expect(wordsOf(await compared(here, there, parts))).toEqual(wordsOf(whole));
          expect(wordsOf(await compared(here, there, parts, endsAfter))).toEqual(wordsOf(whole));
        },
      ),
    );
  });

  test('holds one part at a time, and what has no counterpart yet', async () => {
    const parts = [0, 1, 2].map((number) => ({ from: number * day, to: (number + 1) * day }));
    const asked: string[] = [];
    const slices = compareInParts({
      parts,
      bounds,
      async list({ from }) {
        asked.push(`list ${from / day}`);
        return { here: [ours(1 + from / day, from + hour)], there: [theirs(1 + from / day, from + hour)] };
      },
      findHere: async () => undefined,
    });
    for await (const slice of slices) asked.push(`compared ${slice.length}`);
    expect(asked).toEqual(['list 0', 'compared 1', 'list 1', 'compared 1', 'list 2', 'compared 1']);
  });
});

describe('the parts of a window', () => {
  const cut = async (perDay: number) => {
    const asked: number[] = [];
    const parts = await partsOf({ from: 0, to, partMinMs: day }, async ({ from, skipped }) => {
      asked.push(from);
      const at = from + (skipped * day) / perDay;
      return at < to ? at : undefined;
    });
    expect(asked.length).toBeLessThan(12);
    return parts.map(({ from, to: end }) => (end - from) / day);
  };

  test('are one where there are few payments', async () => {
    expect(await cut(50)).toEqual([9]);
  });

  test('have so many payments each, and none is shorter than may be', async () => {
    expect(await cut(1_000)).toEqual([2, 2, 2, 2, 1]);
    expect(await cut(50_000)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
