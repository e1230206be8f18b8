// An order does not wait for money for ever: its links run out, and then it ends.
import { hour, minute } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import type { Invariant } from '../invariant.ts';

export const ordersEnd: Invariant = {
  number: 9,
  promise: 'An order that nobody can pay any more does not wait to be paid.',
  *atRest({ rows, world }) {
    const waiting = rows<{ number: number; statuses: string | null }>(
      `select number, (select group_concat(status, ', ') from payments where order_id = orders.id) as statuses from orders
       where status = 'awaiting_payment' and expires_at < ? and not exists (
         select 1 from payments where order_id = orders.id and (status in ('created', 'pending') or updated_at > ?))`,
      world.machine.now() - hour,
      // What has become of its last link may be known since a moment ago.
      world.machine.now() - restGridMs - minute,
    );
    for (const { number, statuses } of waiting) {
      yield `T-${number} waits to be paid, and its payments are ${statuses ?? 'none'}`;
    }
  },
};
