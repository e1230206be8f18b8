// An order does not wait for money for ever: its links run out, and then it ends.
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Invariant } from '../invariant.ts';

/** Orders are looked at so often. */
const lookMs: Milliseconds = minute;

interface Waiting extends Readonly<Record<string, unknown>> {
  readonly number: number;
  readonly statuses: string | null;
  readonly changed_at: number | null;
}

export const ordersEnd: Invariant = {
  number: 9,
  promise: 'An order that nobody can pay any more does not wait to be paid.',
  *atRest({ rows, world }) {
    const waiting = rows<Waiting>(
      `select number, (select group_concat(status, ', ') from payments where order_id = orders.id) as statuses,
         (select max(updated_at) from payments where order_id = orders.id) as changed_at from orders
       where status = 'awaiting_payment' and expires_at < ? and not exists (
         select 1 from payments where order_id = orders.id and status in ('created', 'pending'))`,
      world.machine.now() - hour,
    );
    for (const { number, statuses, changed_at: changedAt } of waiting) {
      // What has become of its last link may be known since a moment ago: the next look at it ends the order.
      if (changedAt !== null && world.idleUntil(changedAt, lookMs) + lookMs >= world.now()) continue;
      yield `T-${number} waits to be paid, and its payments are ${statuses ?? 'none'}`;
    }
  },
};
