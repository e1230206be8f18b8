// When a provider counts as unavailable, decommissioned or back. Pure: the stored outage, one probe, the time.
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Outage } from '../model/outage.ts';
import type { OutageChange } from '../ports/outage-store.ts';

/**
 * A provider that has answered every probe for a day as a decommissioned one would is not called any more. A day is
 * longer than any maintenance, and than anybody needs to correct a mistyped key. The minimum count of probes is for a
 * process that was down itself for most of that day.
 */
export const decommissionAfterMs: Milliseconds = day;
const goneCountMin = 12;

/** The result of a probe of a provider's base call. */
export type ProviderProbe =
  | { kind: 'answers' }
  | {
      kind: 'fails';
      why: string;
      /** As `decommissioned-error.ts` reads the failure. */
      readAsDecommissioned: string | null;
      /** It failed before in the same way, or so many calls failed that its breaker is open. */
      isConfirmed: boolean;
    }
  /** The breaker is open and no call was sent: the last calls all failed. */
  | { kind: 'not_asked'; why: string };

export type OutageDecision =
  | { kind: 'nothing' }
  | { kind: 'begin' }
  /** It is still unavailable; what the probe showed is stored. */
  | { kind: 'note'; change: OutageChange }
  | { kind: 'retire'; change: OutageChange }
  /** It answers again. */
  | { kind: 'catch_up'; change: OutageChange }
  /** It became unavailable again before the catch-up was finished: the same outage continues. */
  | { kind: 'relapse'; change: OutageChange };

interface Moment {
  now: Milliseconds;
  /** Whether anything else answers us; if nothing does, an unresolved name says more about our own network. */
  isOnline: boolean;
}

type Known = Pick<Outage, 'status' | 'goneSince' | 'goneCount'>;

export function decideOutage(current: Known | undefined, probe: ProviderProbe, at: Moment): OutageDecision {
  if (current === undefined) return isUnavailable(probe) ? { kind: 'begin' } : { kind: 'nothing' };
  switch (current.status) {
    case 'blind':
      return decideUnavailable(current, probe, at);
    case 'retired':
      if (probe.kind === 'answers') return catchUp(at);
      return probe.kind === 'fails' ? { kind: 'note', change: { askedAt: at.now, reason: probe.why } } : nothing;
    case 'catching_up':
      if (!isUnavailable(probe)) return nothing;
      return { kind: 'relapse', change: { ...never, status: 'blind', askedAt: at.now, answeredAt: null } };
    case 'over':
      return nothing;
    default:
      return current.status satisfies never;
  }
}

const nothing: OutageDecision = { kind: 'nothing' };
const never = { goneSince: null, goneCount: 0 } as const;

function isUnavailable(probe: ProviderProbe): boolean {
  if (probe.kind === 'answers') return false;
  return probe.kind === 'not_asked' || probe.isConfirmed;
}

function decideUnavailable(current: Known, probe: ProviderProbe, at: Moment): OutageDecision {
  if (probe.kind === 'answers') return catchUp(at);
  if (probe.kind === 'not_asked') return nothing;
  const asked = { askedAt: at.now, reason: probe.why };
  const gone = countGone(current, probe, at);
  const isGone =
    gone.counts && at.now - (gone.goneSince ?? at.now) >= decommissionAfterMs && gone.goneCount >= goneCountMin;
  const { goneSince, goneCount } = gone;
  const change = { ...asked, goneSince, goneCount };
  if (!isGone) return { kind: 'note', change };
  return { kind: 'retire', change: { ...change, status: 'retired', retiredAt: at.now } };
}

function countGone(
  current: Known,
  probe: ProviderProbe & { kind: 'fails' },
  { now, isOnline }: Moment,
): Pick<Outage, 'goneSince' | 'goneCount'> & { counts: boolean } {
  const { goneSince, goneCount } = current;
  // Any other failure shows that somebody is there, or proves nothing: the count starts again.
  if (probe.readAsDecommissioned === null) return { ...never, counts: false };
  if (probe.readAsDecommissioned === 'name not found' && !isOnline) return { goneSince, goneCount, counts: false };
  return { goneSince: goneSince ?? now, goneCount: goneCount + 1, counts: true };
}

/** `askedAt` stays at the last failure: a payment that changed since then changed because the provider is back. */
function catchUp({ now }: Moment): OutageDecision {
  return { kind: 'catch_up', change: { ...never, status: 'catching_up', answeredAt: now } };
}
