import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import {
  hasHistory,
  learnHour,
  newRate,
  silenceOdds,
  silenceOddsMax,
  skipHours,
  usualCount,
  type WebhookRate,
} from '#payments/model/webhook-rate.ts';

/** A Sunday at midnight. */
const start = Date.UTC(2026, 10, 1);

/** A rate after so many days, with so many payments in each hour of the day. */
function learned(days: number, heardAt: (hourOfDay: number, day: number) => number): WebhookRate {
  let rate = newRate('btcpay', start);
  for (let index = 0; index < days * 24; index += 1) {
    rate = learnHour(rate, heardAt(index % 24, Math.floor(index / 24)));
  }
  return rate;
}

const byDay = (perHour: number) => (hourOfDay: number) => (hourOfDay >= 8 && hourOfDay < 20 ? perHour : 0);

describe('what is usual', () => {
  test('is told by the hour of the day', () => {
    const rate = learned(10, byDay(4));
    const noon = start + 10 * day + 12 * hour;
    expect(usualCount(rate, { from: noon, to: noon + 2 * hour })).toBeCloseTo(8);
    expect(usualCount(rate, { from: noon + 10 * hour, to: noon + 16 * hour })).toBe(0);
    expect(usualCount(rate, { from: noon + 15 * minute, to: noon + 30 * minute })).toBeCloseTo(1);
    expect(usualCount(rate, { from: noon, to: noon })).toBe(0);
  });

  test('follows a shop that grows within weeks, and a single odd day hardly at all', () => {
    const steady = learned(30, byDay(2));
    const odd = learned(31, (hourOfDay, index) => byDay(index === 30 ? 40 : 2)(hourOfDay));
    const grown = learned(60, (hourOfDay, index) => byDay(index < 30 ? 2 : 20)(hourOfDay));
    const at = start + 90 * day + 12 * hour;
    const window = { from: at, to: at + hour };
    expect(usualCount(steady, window)).toBeCloseTo(2);
    expect(usualCount(odd, window)).toBeLessThan(5);
    expect(usualCount(grown, window)).toBeGreaterThan(15);
  });

  test('is not learned before the first event ever came, nor from hours that are passed over', () => {
    const silent = learned(3, () => 0);
    expect(silent).toMatchObject({ firstAt: null, heardCount: 0, learnedUntil: start + 3 * day });
    expect(silent.days.every((days) => days === 0)).toBe(true);
    const rate = learned(10, byDay(4));
    const skipped = skipHours(rate, rate.learnedUntil + 5 * day + minute);
    expect(skipped).toEqual({ ...rate, learnedUntil: rate.learnedUntil + 5 * day });
    expect(skipHours(skipped, rate.learnedUntil)).toEqual(skipped);
  });

  test('stays between nothing and the most that ever came in an hour', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 500 }), { minLength: 24, maxLength: 400 }), (heard) => {
        let rate = newRate('btcpay', start);
        for (const count of heard) rate = learnHour(rate, count);
        const most = Math.max(...heard);
        for (const perHour of rate.perHour) {
          expect(perHour).toBeGreaterThanOrEqual(0);
          expect(perHour).toBeLessThanOrEqual(most + 1e-9);
        }
      }),
    );
  });
});

describe('a silence', () => {
  const isOdd = (rate: WebhookRate, window: { from: number; to: number }) => silenceOdds(rate, window) < silenceOddsMax;

  test('of a busy shop is unusual after twenty minutes, and of one that sells ten a day after a day and a half', () => {
    const at = start + 20 * day;
    const busy = learned(20, () => 1_000 / 24);
    expect(isOdd(busy, { from: at, to: at + 19 * minute })).toBe(false);
    expect(isOdd(busy, { from: at, to: at + 21 * minute })).toBe(true);
    const small = learned(20, () => 10 / 24);
    expect(isOdd(small, { from: at, to: at + 30 * hour })).toBe(false);
    expect(isOdd(small, { from: at, to: at + 36 * hour })).toBe(true);
  });

  test('of a night in which no webhook ever comes is not unusual, and of the morning after is', () => {
    const rate = learned(20, byDay(10));
    const evening = start + 20 * day + 20 * hour;
    expect(silenceOdds(rate, { from: evening, to: evening + 12 * hour })).toBe(1);
    expect(isOdd(rate, { from: evening, to: evening + 16 * hour })).toBe(true);
  });

  test('is the more unusual the longer it lasts', () => {
    const rate = learned(20, byDay(3));
    const lengths = fc.integer({ min: 0, max: 60 * 24 * 60 });
    fc.assert(
      fc.property(lengths, lengths, (first, second) => {
        const [short, long] = [Math.min(first, second), Math.max(first, second)];
        const from = start + 20 * day;
        const odds = (minutes: number) => silenceOdds(rate, { from, to: from + minutes * minute });
        expect(odds(long)).toBeLessThanOrEqual(odds(short) + 1e-9);
      }),
    );
  });
});

describe('enough is known', () => {
  test('after a week and webhooks of twenty payments, and not before either', () => {
    const at = start + 7 * day + 8 * hour;
    expect(hasHistory(learned(8, byDay(1)), at)).toBe(true);
    expect(hasHistory(learned(8, byDay(9)), at - 1)).toBe(false);
    expect(
      hasHistory(
        learned(30, (hourOfDay, index) => (hourOfDay === 9 && index < 19 ? 1 : 0)),
        at,
      ),
    ).toBe(false);
    expect(hasHistory(newRate('btcpay', start), at)).toBe(false);
  });
});
