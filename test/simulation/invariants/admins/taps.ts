// What admins tapped and what they were told of it, beside the audit trail.
import { restoreId } from '#bot/text/callback-fields.ts';
import type { Act } from '../../telegram/acts.ts';
import { isForgotten } from '../forgotten.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';

/** Buttons that act on a case at once, and the answer that says so. */
const deeds: readonly { data: RegExp; done: RegExp; action: string }[] = [
  { data: /^alert:ack:([\w-]{22})/, done: /^Acknowledged: it is yours/, action: 'case.acknowledge' },
  { data: /^alert:snooze:([\w-]{22})/, done: /^Snoozed until/, action: 'case.snooze' },
  { data: /^exception:take:([\w-]{22})/, done: /^It is yours/, action: 'case.assign' },
  { data: /^exception:give:([\w-]{22})/, done: /^It is nobody’s again/, action: 'case.release' },
];

/** Audited actions that are carried out by the second tap of a question only. */
const confirmed = [
  'order.cancel',
  'order.fulfil',
  'order.mark_paid',
  'order.write_off',
  'refund.request',
  'product.add',
  'product.change',
  'product.remove',
] as const;

export const taps: Invariant = {
  number: 7,
  promise: 'What an admin is told to be done is in the audit trail, and a double tap acted once.',
  *atRest(look) {
    const { world } = look;
    const acts = world.telegram.acts.filter(({ kind, at }) => kind === 'tap' && !isForgotten(world, at));
    for (const deed of deeds) yield* checkDeed(look, { acts, ...deed });
    yield* checkConfirmed(look);
  },
};

function* checkDeed(
  look: Look,
  { acts, data, done, action }: { acts: readonly Act[] } & (typeof deeds)[number],
): Iterable<string> {
  const told = new Map<string, number>();
  for (const act of acts) {
    const id = restoreId(data.exec(act.data ?? '')?.[1] ?? '');
    if (id === undefined) continue;
    const key = `${act.userId} case:${id}`;
    if (done.test(act.answer?.text ?? '')) told.set(key, (told.get(key) ?? 0) + 1);
  }
  const rows = look.rows<{ key: string; count: number }>(
    `select actor_id || ' ' || subject as key, count(*) as count from audit_records
     where actor_kind = 'admin' and action = ? group by 1`,
    action,
  );
  const counts = new Map(rows.map(({ key, count }) => [key, count]));
  for (const [key, count] of told) {
    const audited = counts.get(key) ?? 0;
    if (audited < count) yield `${key}: ${action} was answered as done ${count} times, and audited ${audited} times`;
  }
}

/** Each question is good for one action about the order that it names, however often it is answered. */
function* checkConfirmed({ rows, world }: Look): Iterable<string> {
  const asked = new Map<string, Map<string, string>>();
  for (const { userId, data = '' } of world.telegram.acts) {
    const pendingId = /^confirm:([\w-]+)/.exec(data)?.[1];
    if (pendingId === undefined) continue;
    const questions = asked.get(String(userId)) ?? new Map();
    asked.set(String(userId), questions.set(pendingId, world.telegram.chats.question(pendingId) ?? ''));
  }
  const done = rows<{ actor: string; number: number | null; count: number }>(
    `select actor_id as actor, number, count(*) as count from audit_records left join orders on subject = 'order:' || orders.id
     where actor_kind = 'admin' and action in (${confirmed.map(() => '?').join(', ')}) group by 1, 2`,
    ...confirmed,
  );
  for (const { actor, number, count } of done) {
    const questions = [...(asked.get(actor)?.values() ?? [])].filter((text) => mayName(text, number));
    const subject = number === null ? 'products' : `T-${number}`;
    if (count > questions.length)
      yield `${actor} answered ${questions.length} questions about ${subject}, and ${count} actions were carried out`;
  }
}

/** A question that names no order may be about any; one that does may add a product, too. */
function mayName(text: string, number: number | null): boolean {
  return number === null || !/\bT-\d/.test(text) || new RegExp(`\\bT-${number}\\b`).test(text);
}
