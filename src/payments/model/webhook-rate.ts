// How often a provider usually tells us something, by the hour of the day, and how odd it is that it has said nothing for
// a while. Pure. What is counted is of how many payments was heard in an hour: one payment alone may bring five events.
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

const hoursOfDay = 24;

export interface WebhookRate {
  provider: ProviderName;
  /** Of how many payments is heard in each hour of the day (UTC), smoothed. */
  perHour: number[];
  /** On how many days each of these hours was learned from. */
  days: number[];
  /** The beginning of the first hour that is not learned from yet. */
  learnedUntil: Milliseconds;
  /** When the first event came that was learned from; null while none has. */
  firstAt: Milliseconds | null;
  /** Of how many payments was heard in all. */
  heardCount: number;
  /** When a silence was looked into last; null while none ever was. */
  checkedAt: Milliseconds | null;
}

/** A plain mean for the first two weeks; from then on the last two weeks weigh most, so that a shop may grow or shrink. */
const smoothingDays = 14;

/** Before this is known of a provider nothing is said about its silence. */
const historyMin = { forMs: 7 * day, heard: 20 } as const;

/**
 * One silence in a thousand of this length comes about by chance, if payments come at half their usual rate: sales go up
 * and down by more than chance, and a slow day must not ring. A shop with ten payments a day is told after a day and a
 * half, one with a thousand after twenty minutes.
 */
export const silenceOddsMax = 0.001;
const slowShare = 0.5;

export function newRate(provider: ProviderName, now: Milliseconds): WebhookRate {
  return {
    provider,
    perHour: Array.from({ length: hoursOfDay }, () => 0),
    days: Array.from({ length: hoursOfDay }, () => 0),
    learnedUntil: startOfHour(now),
    firstAt: null,
    heardCount: 0,
    checkedAt: null,
  };
}

export function startOfHour(at: Milliseconds): Milliseconds {
  return at - (at % hour);
}

/** Takes in the hour that begins at `learnedUntil`. Nothing is learned before the first event ever came. */
export function learnHour(rate: WebhookRate, heard: number): WebhookRate {
  const { learnedUntil } = rate;
  const next = { ...rate, learnedUntil: learnedUntil + hour };
  if (rate.firstAt === null && heard === 0) return next;
  const index = hourOfDay(learnedUntil);
  const known = rate.days[index] ?? 0;
  const before = rate.perHour[index] ?? 0;
  const weight = 1 / Math.min(known + 1, smoothingDays);
  return {
    ...next,
    perHour: rate.perHour.with(index, before + (heard - before) * weight),
    days: rate.days.with(index, known + 1),
    firstAt: rate.firstAt ?? learnedUntil,
    heardCount: rate.heardCount + heard,
  };
}

/** Passes over hours that say nothing about what is usual: the provider was away, or this process was. `until` rounds down. */
export function skipHours(rate: WebhookRate, until: Milliseconds): WebhookRate {
  return { ...rate, learnedUntil: Math.max(rate.learnedUntil, startOfHour(until)) };
}

export function hasHistory(rate: WebhookRate, now: Milliseconds): boolean {
  if (rate.firstAt === null || now - rate.firstAt < historyMin.forMs) return false;
  return rate.heardCount >= historyMin.heard;
}

/** Of how many payments is usually heard in [from, to). */
export function usualCount(rate: WebhookRate, window: { from: Milliseconds; to: Milliseconds }): number {
  let sum = 0;
  // A silence of months is as odd as one of a month, and the loop stays short.
  const from = Math.max(window.from, window.to - 31 * day);
  for (let at = startOfHour(from); at < window.to; at += hour) {
    const share = (Math.min(at + hour, window.to) - Math.max(at, from)) / hour;
    sum += (rate.perHour[hourOfDay(at)] ?? 0) * share;
  }
  return sum;
}

/** How likely it is that nothing at all comes in [from, to) although all is well. */
export function silenceOdds(rate: WebhookRate, window: { from: Milliseconds; to: Milliseconds }): number {
  return Math.exp(-slowShare * usualCount(rate, window));
}

function hourOfDay(at: Milliseconds): number {
  return Math.floor((at % day) / hour);
}
