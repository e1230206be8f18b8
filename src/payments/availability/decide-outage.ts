// When a provider counts as away, as gone for good, and as back. Pure: what is known, one probe at the provider, the time.
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Outage } from '../model/outage.ts';
import type { OutageChange } from '../ports/outage-store.ts';

/**
 * A provider that has answered every question for a day as if it were gone is not asked any more. A day: longer than any
 * maintenance, and than anybody needs to put a key right that was typed wrongly. At least so many questions: a process
 * that was down for that day has asked too few to know.
 */
export const decommissionAfterMs: Milliseconds = day;
const goneCountMin = 12;

/** What asking a provider by its base call showed. */
export type ProviderProbe =
  | { kind: 'answers' }
  | {
      kind: 'fails';
      why: string;
      /** As `gone.ts` reads the failure. */
      readAsDecommissioned: string | null;
      /** It failed before in the same way, or so many calls failed that its breaker is open. */
      isConfirmed: boolean;
    }
  /** The breaker let nothing through: the last calls all failed. */
  | { kind: 'not_asked'; why: string };

export type OutageDecision =
  | { kind: 'nothing' }
  | { kind: 'begin' }
  /** It is still away; what was learned is kept. */
  | { kind: 'note'; change: OutageChange }
  | { kind: 'retire'; change: OutageChange }
  /** It answers again. */
  | { kind: 'catch_up'; change: OutageChange }
  /** It went away again before everything was looked at: the same outage goes on. */
  | { kind: 'relapse'; change: OutageChange };

interface Moment {
  now: Milliseconds;
  /** Whether anything else answers us; where nothing does, an unknown name says more about our own network. */
  isOnline: boolean;
}

type Known = Pick<Outage, 'status' | 'goneSince' | 'goneCount'>;

export function decideOutage(current: Known | undefined, probe: ProviderProbe, at: Moment): OutageDecision {
  if (current === undefined) return isAway(probe) ? { kind: 'begin' } : { kind: 'nothing' };
  switch (current.status) {
    case 'blind':
      return decideBlind(current, probe, at);
    case 'retired':
      if (probe.kind === 'answers') return catchUp(at);
      return probe.kind === 'fails' ? { kind: 'note', change: { askedAt: at.now, reason: probe.why } } : nothing;
    case 'catching_up':
      if (!isAway(probe)) return nothing;
      return { kind: 'relapse', change: { ...never, status: 'blind', askedAt: at.now, answeredAt: null } };
    case 'over':
      return nothing;
    default:
      return current.status satisfies never;
  }
}

const nothing: OutageDecision = { kind: 'nothing' };
const never = { goneSince: null, goneCount: 0 } as const;

function isAway(probe: ProviderProbe): boolean {
  if (probe.kind === 'answers') return false;
  return probe.kind === 'not_asked' || probe.isConfirmed;
}

function decideBlind(current: Known, probe: ProviderProbe, at: Moment): OutageDecision {
  if (probe.kind === 'answers') return catchUp(at);
  if (probe.kind === 'not_asked') return nothing;
  const asked = { askedAt: at.now, reason: probe.why };
  const gone = goneAfter(current, probe, at);
  const isGone =
    gone.counts && at.now - (gone.goneSince ?? at.now) >= decommissionAfterMs && gone.goneCount >= goneCountMin;
  const { goneSince, goneCount } = gone;
  const change = { ...asked, goneSince, goneCount };
  if (!isGone) return { kind: 'note', change };
  return { kind: 'retire', change: { ...change, status: 'retired', retiredAt: at.now } };
}

function goneAfter(
  current: Known,
  probe: ProviderProbe & { kind: 'fails' },
  { now, isOnline }: Moment,
): Pick<Outage, 'goneSince' | 'goneCount'> & { counts: boolean } {
  const { goneSince, goneCount } = current;
  // Any other trouble shows that somebody is there, or that nothing is known: the count begins anew.
  if (probe.readAsDecommissioned === null) return { ...never, counts: false };
  if (probe.readAsDecommissioned === 'name not found' && !isOnline) return { goneSince, goneCount, counts: false };
  return { goneSince: goneSince ?? now, goneCount: goneCount + 1, counts: true };
}

/** `askedAt` stays at the last failure: whatever moved since then moved because the provider is back. */
function catchUp({ now }: Moment): OutageDecision {
  return { kind: 'catch_up', change: { ...never, status: 'catching_up', answeredAt: now } };
}
