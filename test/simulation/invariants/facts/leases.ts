// Rows that somebody works on, or that wait although they are due: as they were an hour ago and as they are now.
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';

interface Held extends Readonly<Record<string, unknown>> {
  readonly what: string;
  readonly holder: string;
  readonly until: number;
}

interface Memory {
  /** In simulated time. */
  at: number;
  /** The process that ran; undefined: none did. */
  process: unknown;
  /** Leases and due rows, as texts that differ as soon as anything happens to them. */
  leases: ReadonlySet<string>;
  due: ReadonlySet<string>;
  canWrite: boolean;
}

const memoryOf = createMemory(
  (): Memory => ({ at: 0, process: undefined, leases: new Set(), due: new Set(), canWrite: false }),
);

/** Longer than any lease (four minutes), and than any wait behind others. */
const longMs = 50 * 60_000;

export const leases: Invariant = {
  number: 9,
  promise: 'No lease outlives its holder, and nothing that is due starves.',
  *always(look) {
    const { timeline, machine, disk, disturbances, now } = look.world;
    const memory = memoryOf(look.world);
    const held = readLeases(look);
    const holders = new Set(held.map(({ holder }) => holder.split(':')[0]));
    if (holders.size > 1) yield `leases of ${holders.size} processes at the same time: ${[...holders].join(', ')}`;
    const leased = new Set(held.map(({ what, holder, until }) => `${what} of ${holder} until ${until}`));
    const due = new Set(readDue(look));
    const process = machine.isUp() ? machine.runtime() : undefined;
    const canWrite = !disk.isFull;
    const stoodStill = disturbances.between(
      now() - (timeline.now() - memory.at),
      now(),
      (what) => what === 'the machine stands still',
    );
    const wasAwake = stoodStill === undefined;
    const wasAtWork = wasAwake && process !== undefined && process === memory.process && memory.canWrite && canWrite;
    if (wasAtWork && timeline.now() - memory.at >= longMs) {
      for (const lease of leased) if (memory.leases.has(lease)) yield `the lease on ${lease} does not end`;
      for (const row of due) if (memory.due.has(row)) yield `${row} is due and starves`;
    }
    if (timeline.now() - memory.at < longMs && memory.process === process) return;
    Object.assign(memory, { at: timeline.now(), process, leases: leased, due, canWrite });
  },
};

function readLeases({ rows }: Look): Held[] {
  return rows<Held>(
    ['inbox_events', 'outbox_messages', 'payments']
      .map(
        (table) =>
          `select '${table} ' || id as what, locked_by as holder, locked_until as until from ${table} where locked_by is not null`,
      )
      .join(' union all '),
  );
}

function readDue(look: Look): string[] {
  const now = look.world.machine.now();
  return ['inbox_events', 'outbox_messages'].flatMap((table) =>
    look
      .rows<{ id: string; started_attempts: number; available_at: number }>(
        `select id, started_attempts, available_at from ${table}
         where processed_at is null and abandoned_at is null and locked_by is null and available_at <= ?`,
        now,
      )
      .map((row) => `${table} ${row.id}, available at ${row.available_at}, attempt ${row.started_attempts}`),
  );
}
