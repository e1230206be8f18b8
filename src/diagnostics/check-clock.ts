import { type Milliseconds, second } from '#kernel/clock.ts';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from './set-up-check.ts';

export interface ClockReading {
  source: string;
  /** How far the source's clock is ahead of ours. */
  aheadMs: Milliseconds;
}

// Two seconds: HTTP dates are whole seconds, and a machine that keeps time by NTP is never off by one. Thirty: a token
// for Coinbase lives two minutes from five seconds ago, and webhooks are refused from five minutes on.
const warningMs: Milliseconds = 2 * second;
const errorMs: Milliseconds = 30 * second;

/** Compares our clock with the median of the others, so that one wrong clock among them does not make ours an error. */
export function judgeClock(readings: readonly ClockReading[]): SetUpCheck[] {
  if (readings.length === 0) {
    const advice = 'check again when Telegram or a provider answers';
    return [warningCheck('clock', { detail: 'no server outside told the time', advice })];
  }
  const median = medianOf(readings.map(({ aheadMs }) => aheadMs));
  const outliers = readings.filter(({ aheadMs }) => Math.abs(aheadMs - median) > errorMs);
  return [
    judgeOurs(median, readings.length),
    ...outliers.map(({ source, aheadMs }) => {
      const detail = `${describe(median - aheadMs)} the other clocks`;
      return warningCheck(`of ${source}`, { detail, advice: 'if the server is yours, let it keep time by NTP' });
    }),
  ];
}

function judgeOurs(median: Milliseconds, count: number): SetUpCheck {
  const whose = count === 1 ? 'the one outside clock that answered' : `the median of ${count} outside clocks`;
  const finding = {
    detail: `${describe(median)} ${whose}`,
    advice: 'let this machine keep time by NTP: tokens are valid for two minutes, webhooks for five',
  };
  if (Math.abs(median) <= warningMs) return okCheck('clock', finding.detail);
  return Math.abs(median) <= errorMs ? warningCheck('clock', finding) : errorCheck('clock', finding);
}

/** `behindMs`: by how much the clock in question is behind the others. */
function describe(behindMs: Milliseconds): string {
  const seconds = (Math.abs(behindMs) / second).toFixed(1);
  return `${seconds} s ${behindMs < 0 ? 'ahead of' : 'behind'}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : Math.round((upper + (sorted[middle - 1] ?? upper)) / 2);
}
