// Replays stored events: first as a dry run, which only reports what would change, then for real. An event is a hint;
// what counts is the provider's snapshot of the payment that the event names.
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { type Cause, causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { isAvailable } from '../ports/provider-availability.ts';
import { collectEvents } from './collect-events.ts';
import type { ReplayMode, ReplayRange, ReplayReport } from './replay.ts';
import { type Replayed, replayOne } from './replay-one.ts';

/** Two fetches a second: customers' requests go first, and no provider objects to so few. */
const fetchEveryMs: Milliseconds = 500;
/** So many changes and records are kept by name; all are counted. */
const namedMax = 100;

export async function replayEvents(
  deps: SnapshotDeps,
  input: {
    range: ReplayRange;
    mode: ReplayMode;
    actor: Actor;
    onProgress?: (report: ReplayReport) => void;
    signal?: AbortSignal;
  },
): Promise<ReplayReport> {
  const { range, mode, actor, signal } = input;
  await audit(deps, input);
  const { events, ...counts } = await collectEvents(deps, range);
  const report: ReplayReport = {
    mode,
    ...counts,
    total: events.length,
    processed: 0,
    moves: [],
    movedCount: 0,
    bookings: [],
    bookedCount: 0,
    held: 0,
    unchanged: 0,
    unknown: 0,
    failed: 0,
    stoppedBy: null,
  };
  const cause: Cause = causeOf(actor);
  for (const event of events) {
    if (report.processed > 0 && isAsked(deps, event)) await deps.clock.pause(fetchEveryMs, signal);
    report.stoppedBy = reasonToStop(deps, { event, signal });
    if (report.stoppedBy !== null) break;
    count(report, await replayOne(deps, { event, mode, cause, ...(signal && { signal }) }));
    input.onProgress?.({ ...report, moves: [...report.moves], bookings: [...report.bookings] });
  }
  const { moves: _moves, bookings: _bookings, ...facts } = report;
  deps.log.info('events replayed', { ...facts, actor: actor.id });
  return report;
}

function count(report: ReplayReport, replayed: Replayed): void {
  report.processed += 1;
  switch (replayed.kind) {
    case 'moved':
      report.movedCount += 1;
      if (report.moves.length < namedMax) report.moves.push(replayed.move);
      return;
    case 'booked':
      report.bookedCount += 1;
      if (report.bookings.length < namedMax) report.bookings.push(replayed.booking);
      return;
    default:
      report[replayed.kind] += 1;
  }
}

/** Replaying an event that is the evidence itself makes no call, or one that is paced where it is made. */
function isAsked(deps: { providers: ProviderRegistry }, event: InboxEvent): boolean {
  return deps.providers.list().find(({ name }) => name === event.source)?.capabilities.canFetch !== false;
}

function reasonToStop(
  deps: { providers: ProviderRegistry },
  { event, signal }: { event: InboxEvent; signal: AbortSignal | undefined },
): string | null {
  if (signal?.aborted) return 'It was stopped.';
  const provider = deps.providers.list().find(({ name }) => name === event.source);
  if (provider === undefined || isAvailable(deps.providers.health(provider.name))) return null;
  return provider.capabilities.canFetch ? `${providerTitle(provider.name)} does not answer.` : null;
}

async function audit(
  deps: TransactionDeps<PaymentStores>,
  { range, mode, actor }: { range: ReplayRange; mode: ReplayMode; actor: Actor },
): Promise<void> {
  const subject = range.kind === 'event' ? `event:${range.eventId}` : `provider:${range.provider}`;
  const details: JsonObject =
    range.kind === 'event' ? {} : { from: range.from, to: range.to, eventType: range.eventType };
  await inTransaction(deps, causeOf(actor), (tx) =>
    recordAudit(tx, { action: mode === 'real' ? 'replay.run' : 'replay.dry_run', subject, details }),
  );
}
