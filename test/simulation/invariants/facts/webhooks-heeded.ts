// From a stored webhook to its payment: soon, and not without having asked the provider, because the event is only a hint.
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';
import { wasClockWrong } from '../wrong-clock.ts';
import { listenForProviderAnswers, wasAnswered } from './provider-answers.ts';

interface Heeded extends Readonly<Record<string, unknown>> {
  readonly row: number;
  readonly id: string;
  readonly source: string;
  readonly reference: string;
  readonly outcome: string | null;
  readonly received_at: number;
  readonly processed_at: number | null;
  readonly abandoned_at: number | null;
  /** For what was put back because its payment was being asked for: when it was due last. */
  readonly busy_until: number | null;
  /** When the provider was last asked about the payment; null: the payment is not ours. */
  readonly evidence_at: number | null;
  /** Of what the payment consists, where its provider has ids for that; JSON. */
  readonly details: string | null;
  /** The one of them that the event names. */
  readonly detail: string | null;
}

/** Up to this row all are done with, in a database that was put back so often. */
const memoryOf = createMemory(() => ({ row: 0, restores: 0 }));

/** Several events about one payment take turns. */
const soonMs: Milliseconds = 2 * minute;
/** Longer than a breaker stays open, or a provider that was away is asked less often. */
const afterwardsMs: Milliseconds = 2 * minute;

export const webhooksHeeded: Invariant = {
  number: 4,
  promise:
    'The payment that a webhook names is fetched after it came, and within two minutes while its provider is well.',
  begin: listenForProviderAnswers,
  *always(look) {
    const { world } = look;
    const memory = memoryOf(world);
    if (world.restores.length !== memory.restores) Object.assign(memory, { row: 0, restores: world.restores.length });
    let isOpen = false;
    for (const event of eventsSince(look, memory.row)) {
      isOpen ||= event.processed_at === null && event.abandoned_at === null;
      if (!isOpen) memory.row = event.row;
      yield* faultsOf(look, event);
    }
  },
};

/** What an event that is done with says: what became of the payment, or that there is none that is ours. */
const learnt = /^(?:unchanged|\w+ -> \w+|unknown payment|unmatched payment\b.*|not understood)$/;

/** Payhip's own events are all that it ever says: there is nothing to fetch. */
function eventsSince({ rows }: Look, row: number): Heeded[] {
  return rows<Heeded>(
    `select e.rowid as row, e.id, e.source, e.reference, e.outcome, e.received_at, e.processed_at, e.abandoned_at,
       iif(e.last_error = 'the payment is being processed elsewhere', e.available_at, null) as busy_until, p.evidence_at,
       p.details, e.detail
     from inbox_events e left join payments p on p.reference = e.reference and p.provider = e.source
     where e.rowid > ? and e.source <> 'payhip' order by e.rowid`,
    row,
  );
}

function* faultsOf({ world }: Look, event: Heeded): Iterable<string> {
  const { id, source, reference, outcome, received_at: at, processed_at: processedAt, evidence_at: askedAt } = event;
  const { disturbances } = world;
  const until = processedAt ?? world.machine.now();
  if (wasClockWrong(world, at, until)) return;
  const what = `the event ${id} of ${source} about ${reference}`;
  // It was fetched again since, by a clock that was behind.
  const isAskedBefore = askedAt !== null && askedAt < at && !wasClockWrong(world, askedAt, askedAt);
  if (processedAt !== null && outcome !== 'not understood' && (isAskedBefore || !isTold(world, event, processedAt))) {
    yield `${what} is done with (${outcome}), and its payment was not fetched after it had come`;
  }
  if (processedAt !== null && !learnt.test(outcome ?? '')) {
    yield `${what} is done with, and not by what was learnt of its payment: ${outcome}`;
  }
  const isExcused = () =>
    disturbances.between(at - afterwardsMs, until, (wrong) => isExcuse(wrong, source)) !== undefined;
  if (event.abandoned_at === null && until - at > soonMs && until - seenAt(world, event) > soonMs && !isExcused()) {
    yield `${what} was not heeded for ${Math.round((until - at) / 1_000)} s, and nothing was in its way`;
  }
}

/** A later poll leaves no trace of what was learnt before, so that the provider's own answers are gone by. */
function isTold(world: World, { reference, received_at: from, detail, details }: Heeded, to: Milliseconds): boolean {
  const parts = details === null ? [] : (JSON.parse(details) as string[]);
  return wasAnswered(world, [reference, ...parts, ...(detail === null ? [] : [detail])], { from, to });
}

/** Whoever looks again soon does so on the grid of idle waits, and nobody wakes it before. */
function seenAt(world: World, { received_at: at, busy_until: busyUntil }: Heeded): Milliseconds {
  // A worker that found the disk full waits for a second.
  const isFullDisk = (what: string): boolean => what.startsWith('the disk');
  const wasDiskFull = world.disturbances.between(at - restGridMs, at, isFullDisk) !== undefined;
  const takenAt = wasDiskFull ? world.idleUntil(at, second) : at;
  if (busyUntil === null) return takenAt;
  return Math.max(takenAt, world.idleUntil(Math.min(busyUntil, takenAt + soonMs), second));
}

/** What is wrong with the shop, Telegram or another provider is none. */
function isExcuse(what: string, provider: string): boolean {
  if (/^(?:webhooks of|the shop|Telegram|calls of Telegram|@)/.test(what)) return false;
  return !/^(?:coinbase|bitpay|btcpay|nowpayments|payhip)\b/.test(what) || what.includes(provider);
}
