// Troubles that the database itself knows of, beside the cases: each has its case, and each case has its trouble.
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';

/** A query that gives what breaks the promise: a sentence in `fault`. */
type Check = string;

const isLive = (condition: string): string =>
  `exists (select 1 from cases c where c.status <> 'resolved' and ${condition})`;
const wasRaised = (condition: string): string => `exists (select 1 from cases c where ${condition})`;
/** Somebody is asked to decide, or has decided. */
const isNamed = (condition: string): string =>
  wasRaised(`(c.status <> 'resolved' or coalesce(c.resolution, 'by_itself') <> 'by_itself') and ${condition}`);

const whileItLasts: readonly Check[] = [
  `select provider || ' is ' || status || ', and no case says so' as fault from provider_outages o
   where (status = 'blind' and not ${isLive(`c.kind = 'provider_down' and c.provider = o.provider`)})
   or (status = 'retired' and not ${isLive(`c.kind = 'provider_retired' and c.provider = o.provider`)})`,
  `select 'T-' || number || ' needs attention, and nobody is asked to decide' as fault from orders o
   where status = 'needs_attention' and not ${isNamed('c.order_id = o.id')}`,
  ...['underpaid', 'overpaid', 'paid_late', 'reversed'].map(
    (status) =>
      `select 'T-' || number || ' has a payment that was ${status}, and no case ever said so' as fault
       from orders o where exists (
         select 1 from timeline_entries t where t.order_id = o.id and t.subject = 'payment' and t.to_status = '${status}')
       and not ${wasRaised('c.order_id = o.id')}`,
  ),
  `select 'T-' || number || ' had money that was seen and is gone, and no case ever said so' as fault
   from timeline_entries t join orders o on o.id = t.order_id
   where t.subject = 'payment' and t.from_status = 'pending' and t.to_status = 'created'
   and not ${wasRaised(`c.kind = 'payment_double_spent' and c.order_id = o.id`)}`,
];

const atRest: readonly Check[] = [
  `select 'refund ' || id || ' is ' || status || ', and no case says so' as fault from refunds r
   where (status = 'unknown' and not ${isNamed(`c.refund_id = r.id`)})
   or (status = 'failed' and not ${wasRaised(`c.kind = 'refund_failed' and c.refund_id = r.id`)})`,
  `select 'the case about ' || provider || ' goes on, and it answers' as fault from cases c
   where status <> 'resolved' and kind = 'provider_down' and not exists (
     select 1 from provider_outages o where o.provider = c.provider and o.status in ('blind', 'catching_up'))`,
  ...['inbox_events', 'outbox_messages'].map(
    (table) => `select 'the dead letter ' || id || ' of ${table} has no case' as fault from ${table}
      where abandoned_at is not null and processed_at is null and not ${isLive(`c.kind = 'dead_letter'`)}`,
  ),
  `select 'the case ' || key || ' goes on, and there is no dead letter' as fault from cases
   where status <> 'resolved' and kind = 'dead_letter'
   and not exists (select 1 from inbox_events where abandoned_at is not null and processed_at is null)
   and not exists (select 1 from outbox_messages where abandoned_at is not null and processed_at is null)`,
  `select 'the case ' || key || ' goes on, and nothing is wrong: ' || (facts ->> 'why') as fault from cases
   where status <> 'resolved' and (kind = 'jobs_stuck' or kind = 'shop_untold' and not exists (
     select 1 from outbox_messages where lane = 'shop' and abandoned_at is not null and processed_at is null))`,
  `select 'the case ' || key || ' goes on, and its refund is ' || r.status as fault
   from cases c join refunds r on r.id = c.refund_id
   where c.status <> 'resolved' and c.kind = 'refund_unknown' and r.status <> 'unknown'`,
  `select 'the case ' || key || ' goes on, and its order is ' || o.status as fault
   from cases c join orders o on o.id = c.order_id
   where c.status <> 'resolved' and o.status in ('paid', 'fulfilled') and c.occurrences = 1
   and c.kind in ('payment_underpaid', 'payment_paid_late', 'payment_expired', 'payment_not_created') and c.id < (
     select max(t.id) from timeline_entries t where t.order_id = o.id and t.subject = 'order' and t.to_status = 'paid')`,
];

export const troubles: Invariant = {
  number: 5,
  promise: 'Every trouble is a case, and a case ends when its trouble does.',
  always: (look) => faultsOf(look, whileItLasts),
  atRest: (look) => faultsOf(look, atRest),
};

function faultsOf({ rows }: Look, checks: readonly Check[]): string[] {
  return checks.flatMap((query) => rows<{ fault: string }>(query).map(({ fault }) => fault));
}
