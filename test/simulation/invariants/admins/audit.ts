// What admins have done, by the rows that it left, beside the audit trail.
import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { wasClockWrong } from '../wrong-clock.ts';

export const audit: Invariant = {
  number: 7,
  promise: 'Each action of an admin that took effect has its audit row, once.',
  always: ({ rows }) =>
    rows<{ id: string; status: string }>(
      `select id, status from cases c where status in ('acknowledged', 'snoozed') and ${noAudit(
        'case.acknowledge, case.assign, case.snooze, case.wait',
        `'case:' || c.id`,
      )} and not (status = 'snoozed' and order_id in (
         select substr(subject, 7) from audit_records where action = 'order.new_link'))`,
    ).map(({ id, status }) => `case ${id} is ${status}, and no audit row says by whom`),
  *atRest(look) {
    yield* unauditedEntries(look);
    for (const { what, query } of effects) {
      for (const { id } of look.rows<{ id: string }>(query)) yield `${what} ${id} has no audit row`;
    }
    for (const { what, query } of twice) {
      for (const { id, count } of look.rows<{ id: string; count: number }>(query))
        yield `${what} ${id} has ${count} audit rows`;
    }
    for (const { subject } of look.rows<{ subject: string }>(untrue)) {
      yield `the audit says that ${subject} was cancelled, and its history does not`;
    }
  },
};

function noAudit(actions: string, subject: string): string {
  const list = actions.split(', ').map((action) => `'${action}'`);
  return `not exists (select 1 from audit_records a where a.subject = ${subject} and a.action in (${list.join(', ')}))`;
}

/** Asking one payment after the other takes no longer, as long as nothing keeps the process from it. */
const askingMaxMs: Milliseconds = 15 * minute;

/**
 * Asking a provider on an admin's word takes a while; then what it says is noted as caused by the admin. These actions ask about
 * an order, about that of a case, or about all orders at a provider.
 */
const isAsking = `(
  a.action in ('order.place', 'order.check', 'order.new_link') and a.subject = 'order:' || t.order_id
  or a.action = 'case.check' and a.subject in (select 'case:' || id from cases where order_id = t.order_id)
  or a.action in ('provider.ask_again', 'reconciliation.start')
    and a.subject in (select 'provider:' || provider from payments where order_id = t.order_id))`;

interface Entry extends Record<string, unknown> {
  number: number;
  text: string;
  actor_id: string;
  at: number;
  /** When this admin last asked about the order; null for never. */
  asked_at: number | null;
}

/** Lines in the history of an order that an admin has caused, in a transaction that has no audit row of that admin. */
function* unauditedEntries({ rows, world }: Look): Iterable<string> {
  const by = `from audit_records a where a.actor_kind = 'admin' and a.actor_id = t.actor_id`;
  const entries = rows<Entry>(
    `select o.number, t.text, t.actor_id, t.at, (select max(a.at) ${by} and ${isAsking}) as asked_at
     from timeline_entries t join orders o on o.id = t.order_id where t.actor_kind = 'admin' and not exists (
       select 1 ${by} and (a.at = t.at or a.at between t.at - ${askingMaxMs} and t.at and ${isAsking}))`,
  );
  for (const { number, text, actor_id: actor, at, asked_at: askedAt } of entries) {
    if (askedAt !== null && tookLonger(world, { askedAt, at })) continue;
    yield `T-${number}: “${text}” by ${actor} has no audit row`;
  }
}

/** By the product's clock. */
function tookLonger(world: World, { askedAt, at }: { askedAt: number; at: number }): boolean {
  const stoodStill =
    world.disturbances.between(askedAt, at, (what) => what === 'the machine stands still') !== undefined;
  return stoodStill || wasClockWrong(world, askedAt, at);
}

/** Each gives the ids of rows that an admin or the shop has made, and that no audit row names. */
const effects: readonly { what: string; query: string }[] = [
  {
    what: 'order',
    query: `select id from orders o where origin <> 'provider' and ${noAudit('order.place', `'order:' || o.id`)}`,
  },
  {
    what: 'refund',
    query: `select id from refunds r where requested_by_kind in ('admin', 'store')
      and not exists (select 1 from audit_records a where a.action = 'refund.request' and a.details ->> 'refundId' = r.id)`,
  },
  {
    what: 'decided case',
    query: `select id from cases c where resolved_by is not null and not exists (
      select 1 from audit_records a where a.subject = 'case:' || c.id and a.action = 'case.' || c.resolution)`,
  },
  {
    what: 'accepted payment',
    query: `select id from payments p where accepted_at is not null and not exists (
      select 1 from audit_records a where a.at = p.accepted_at and a.actor_kind = 'admin')`,
  },
];

/** What an audit row says that nothing else knows of. */
const untrue = `select subject from audit_records a where action = 'order.cancel' and not exists (
  select 1 from timeline_entries t where 'order:' || t.order_id = a.subject and t.at = a.at
  and t.subject = 'order' and t.to_status = 'cancelled')`;

/** What can happen only once. */
const twice: readonly { what: string; query: string }[] = [
  {
    what: 'refund.request of',
    query: `select details ->> 'refundId' as id, count(*) as count from audit_records where action = 'refund.request'
      group by 1 having count(*) > 1`,
  },
  ...['order.place', 'order.fulfil', 'refund.approve', 'refund.reject'].map((action) => ({
    what: `${action} of`,
    query: `select subject as id, count(*) as count from audit_records where action = '${action}'
      group by subject having count(*) > 1`,
  })),
  {
    what: 'the decisions about',
    // Each but the last was taken back, or left the case live.
    query: `select a.subject as id, count(*) as count from audit_records a join cases c on a.subject = 'case:' || c.id
      where a.action = 'case.' || c.resolution and not exists (
        select 1 from audit_records u where u.subject = a.subject and u.action = 'case.undo')
      group by a.subject having count(*) > 1`,
  },
];
