// How often a provider usually sends webhooks, by the hour of the day, and how unlikely its present silence is. Pure.
// What is counted is payments per hour that had an event, because one payment alone may have five.
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

const hoursOfDay = 24;

export interface WebhookRate {
  provider: ProviderName;
  /** The number of payments with an event in each hour of the day (UTC), smoothed. */
  perHour: number[];
  /** From how many days each of these hours was learned. */
  days: number[];
  /** The beginning of the first hour that is not learned yet. */
  learnedUntil: Milliseconds;
  /** When the first event was received that was learned from; null while none was. */
  firstAt: Milliseconds | null;
  /** How many payments had an event in all. */
  heardCount: number;
  /** When a silence was last investigated; null while none was. */
  checkedAt: Milliseconds | null;
}

/**
 * A plain mean for the first two weeks; after that the last two weeks weigh most, so that a shop may grow or shrink.
 */
const smoothingDays = 14;

/** The minimum that must be known of a provider before its silence can raise an alert. */
const historyMin = { forMs: 7 * day, count: 20 } as const;

/**
 * One silence in a thousand of this length happens by chance, if payments are made at half their usual rate: sales vary
 * by more than chance, and a slow day must not raise an alert. A shop with ten payments a day is alerted after a day
 * and a half, one with a thousand after twenty minutes.
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

/** Learns the hour that begins at `learnedUntil`. Nothing is learned before the first event ever received. */
export function learnHour(rate: WebhookRate, count: number): WebhookRate {
  const { learnedUntil } = rate;
  const next = { ...rate, learnedUntil: learnedUntil + hour };
  if (rate.firstAt === null && count === 0) return next;
  const index = hourOfDay(learnedUntil);
  const known = rate.days[index] ?? 0;
  const before = rate.perHour[index] ?? 0;
  const weight = 1 / Math.min(known + 1, smoothingDays);
  return {
    ...next,
    perHour: rate.perHour.with(index, before + (count - before) * weight),
    days: rate.days.with(index, known + 1),
    firstAt: rate.firstAt ?? learnedUntil,
    heardCount: rate.heardCount + count,
  };
}

/**
 * Skips hours that say nothing about the usual rate: the provider was unavailable, or this process was. `until` rounds
 * down.
 */
export function skipHours(rate: WebhookRate, until: Milliseconds): WebhookRate {
  return { ...rate, learnedUntil: Math.max(rate.learnedUntil, startOfHour(until)) };
}

export function hasHistory(rate: WebhookRate, now: Milliseconds): boolean {
  if (rate.firstAt === null || now - rate.firstAt < historyMin.forMs) return false;
  return rate.heardCount >= historyMin.count;
}

/** How many payments usually have an event in [from, to). */
export function usualCount(rate: WebhookRate, window: { from: Milliseconds; to: Milliseconds }): number {
  let sum = 0;
  // A silence of months is as unlikely as one of a month, and the loop stays short.
  const from = Math.max(window.from, window.to - 31 * day);
  for (let at = startOfHour(from); at < window.to; at += hour) {
    const share = (Math.min(at + hour, window.to) - Math.max(at, from)) / hour;
    sum += (rate.perHour[hourOfDay(at)] ?? 0) * share;
  }
  return sum;
}

/** How likely it is that no event is received in [from, to) although everything works. */
export function silenceOdds(rate: WebhookRate, window: { from: Milliseconds; to: Milliseconds }): number {
  return Math.exp(-slowShare * usualCount(rate, window));
}

function hourOfDay(at: Milliseconds): number {
  return Math.floor((at % day) / hour);
}
