import type { Invariant } from '../invariant.ts';

export const emptyQueues: Invariant = {
  number: 9,
  promise: 'Queues are empty at rest.',
  *atRest({ rows }) {
    for (const table of ['inbox_events', 'outbox_messages']) {
      const waiting = rows<{ id: string; last_error: string | null }>(
        `select id, last_error from ${table} where processed_at is null and abandoned_at is null`,
      );
      for (const { id, last_error: error } of waiting) yield `${table} ${id} still waits: ${error ?? 'never tried'}`;
    }
  },
};
