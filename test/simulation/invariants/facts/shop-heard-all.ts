// What the shop has taken in the end, compared with each order's own history.
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';

/** How often an order's history says that a fact happened which the shop is told of. */
interface Told extends Readonly<Record<string, unknown>> {
  readonly number: number;
  readonly id: string;
  readonly type: string;
  readonly times: number;
}

export const shopHeardAll: Invariant = {
  number: 2,
  promise: 'The shop is announced each fact once, and hears all of them once it can.',
  *atRest(look) {
    // Then the shop has heard of facts that the database no longer knows.
    const wasRestored = look.world.restores.length > 0;
    const taken = new Map<string, Set<string>>();
    const takenIds = new Set<string>();
    for (const { id, type, status, order } of look.world.shop.heard) {
      if (status >= 300) continue;
      takenIds.add(id);
      const key = `${order.id} ${type}`;
      taken.set(key, (taken.get(key) ?? new Set()).add(id));
    }
    for (const { number, id, type, times } of happened(look)) {
      const key = `${id} ${type}`;
      const count = taken.get(key)?.size ?? 0;
      if (count < times || (count > times && !wasRestored))
        yield `T-${number}: ${type} happened ${times} times, and the shop took it ${count} times`;
      taken.delete(key);
    }
    if (!wasRestored)
      for (const [key, ids] of taken) yield `the shop took ${key} ${ids.size} times, and it never happened`;
    yield* unheard(look, takenIds);
  },
};

function happened({ rows }: Look): Told[] {
  const order = (type: string, condition: string) =>
    `select number, id, 'order.${type}' as type, 1 as times from orders where ${condition}`;
  const entries = (type: string, condition: string) =>
    `select o.number, o.id, '${type}' as type, count(*) as times from timeline_entries t join orders o on o.id = t.order_id
     where ${condition} group by o.id`;
  const becameStatus = (status: string) => entries(`order.${status}`, `subject = 'order' and to_status = '${status}'`);
  return rows<Told>(
    [
      order('paid', 'paid_at is not null'),
      order('fulfilled', 'fulfilled_at is not null'),
      ...['expired', 'cancelled', 'needs_attention'].map(becameStatus),
      entries('order.refunded', `subject = 'refund' and to_status = 'succeeded'`),
      ...['failed', 'reversed'].map((status) =>
        entries(
          `payment.${status}`,
          `subject = 'payment' and to_status = '${status}' and from_status <> to_status and ${wasThere}`,
        ),
      ),
      entries('payment.restored', `subject = 'payment' and ${isRestored}`),
    ].join(' union all '),
  );
}

/** It counts again: its provider says so, or an admin accepts it for an order that was paid before. */
const isRestored = `(from_status = 'reversed' and to_status in ('paid', 'overpaid')
  or t.text like 'accepted as paid by %' and o.paid_at < t.at)`;

/**
 * A payment that its provider refused to make ends at once, and the shop hears of that in the answer to its order; that it was made
 * all the same may turn out later.
 */
const wasThere = `exists (select 1 from payments p where p.id = t.payment_id and p.creation <> 'refused') and t.text not like 'no payment of %'`;

/** Of each message that counts as sent, the shop has heard; none was given up on. */
function* unheard({ rows }: Look, takenIds: ReadonlySet<string>): Iterable<string> {
  const messages = rows<{ webhook: string; outcome: string | null; abandoned_at: number | null }>(
    `select payload ->> 'webhookId' as webhook, outcome, abandoned_at from outbox_messages where lane = 'shop'`,
  );
  for (const { webhook, outcome, abandoned_at: abandonedAt } of messages) {
    if (abandonedAt !== null) yield `event ${webhook} for the shop was given up on`;
    else if (!takenIds.has(webhook) && outcome !== 'discarded')
      yield `event ${webhook} counts as sent (${outcome}), and the shop never took it`;
  }
}
