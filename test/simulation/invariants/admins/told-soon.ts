// How long it takes from a trouble to the message about it, by what the product has written down, as long as nothing is in its way.
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import type { Chat } from '../../telegram/chats.ts';
import { adminBot, pagerBot } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';
import { wasClockWrong } from '../wrong-clock.ts';
import { cardOf } from './places.ts';
import { putOffUntil, watchShopTries } from './shop-tries.ts';

interface Waited extends Readonly<Record<string, unknown>> {
  /** Of a case its place in the table, of a message its id; both grow, ids with the clock. */
  readonly row: number | string;
  readonly what: string;
  readonly began_at: number;
  /** Null: it still waits. */
  readonly ended_at: number | null;
  /** For what was put back or put off: when it was due last. */
  readonly due_at: number | null;
  /** By what the shop knows it. */
  readonly shop_id: string | null;
}

const begins = { cases: 0, outbox: '' } as const;

/** Up to these rows nobody waits any more, in a database that was put back so often. */
const memoryOf = createMemory((): { cases: number | string; outbox: number | string; restores: number } => ({
  ...begins,
  restores: 0,
}));

const soonMs: Milliseconds = 30 * second;
/** Whoever was cut off notices that it is no longer, and is done with what waited. */
const afterwardsMs: Milliseconds = 2 * minute;
/** The longest wait of what is put back, but for refunds that were asked to wait, and events that the shop did not take, which wait ever longer. */
const putBackMaxMs: Milliseconds = 10 * minute;

export const toldSoon: Invariant = {
  number: 5,
  promise:
    'Within 30 seconds a new case is shown to somebody, and what is to be told is told, as long as nothing is in the way.',
  begin: watchShopTries,
  *always(look) {
    const { world } = look;
    const memory = memoryOf(world);
    const restores = world.restores.length;
    if (restores !== memory.restores) Object.assign(memory, { ...begins, restores });
    // After a restart with a clock that stands back, ids begin before those that were there.
    if (world.machine.wrongTimes().length > 0) memory.outbox = begins.outbox;
    for (const table of ['cases', 'outbox'] as const) {
      let isOpen = false;
      for (const waited of queries[table](look, memory[table])) {
        isOpen ||= waited.ended_at === null;
        if (!isOpen) memory[table] = waited.row;
        yield* judge(look, waited);
      }
    }
  },
};

const rangAt = `(select min(received_at) from outbox_messages where topic = 'alert.card' and payload ->> 'caseId' = c.id)`;

/** A case that has left its group, as one that was made to wait alone, has had a card of its own since then only. */
const mayBeGrouped = `exists (select 1 from case_groups g where c.group_id is null
  and g.kind = c.kind and g.opened_at between c.opened_at - ${10 * minute} and c.opened_at)`;

const queries = {
  /**
   * A case that is over before anybody saw it need not be shown; cards of before a group got another id are forgotten. One that did not
   * ring at first, as where the outage of its provider had rung, begins when it does. The card of a group changes with the next moment.
   */
  cases: ({ rows }: Look, row: number | string) =>
    rows<Waited>(
      `select c.rowid as row, 'the case ' || key || ' is shown to nobody' as what,
         iif(occurrences = 1 and not ${mayBeGrouped}, opened_at, coalesce(${rangAt}, opened_at)) as began_at,
         coalesce(min(s.sent_at), resolved_at) as ended_at, iif(c.group_id is null, null, opened_at + ${5 * second}) as due_at, null as shop_id
       from cases c left join sent_messages s on s.subject = ${cardOf}
       where c.rowid > ? and c.rings and c.opened_at > (select coalesce(max(at), 0) from chat_moves) group by c.id order by c.rowid`,
      row,
    ),
  /**
   * What is owed to a chat that cannot be reached was told elsewhere, also when the chat took it in the end; a card that changes again and again is drawn once a
   * minute or at the next moment, one that is drawn again after a call without an answer within two, and one that was just shown is looked at
   * again after six seconds.
   */
  outbox: ({ rows }: Look, row: number | string) =>
    rows<Waited>(
      `select id as row, lane || ': ' || topic || ' ' || id || ' is not settled' as what,
         received_at + iif(key like '%:until:%', ${minute}, 0) + iif(key like '%:again:%', ${2 * minute}, 0)
           + iif(key like '%:later', ${6 * second}, 0) as began_at,
         iif(outcome = 'owed' or last_error like '%; the owners were told in private', received_at,
           coalesce(processed_at, abandoned_at)) as ended_at,
         iif(last_error is null and key not like '%:again:%' and key not like '%:later' and key not like 'alert.group:%:until:%',
           null, available_at) as due_at,
         iif(topic = 'shop.event', payload ->> 'webhookId', null) as shop_id
       from outbox_messages where id > ? order by id`,
      row,
    ),
};

function* judge(look: Look, waited: Waited): Iterable<string> {
  const { world } = look;
  const { what, began_at: queuedAt, ended_at: endedAt } = waited;
  const until = endedAt ?? world.machine.now();
  if (until - queuedAt <= soonMs) return;
  const at = possibleAt(look, waited);
  if (until - at <= soonMs) return;
  if (wasClockWrong(world, queuedAt, until)) return;
  if (wasHeldUp(world, { what, at, until }) || wasNobodyReachable(world, { at, until })) return;
  yield `${what} for ${Math.round((until - at) / second)} s, and nothing was in the way`;
}

interface Wait {
  readonly at: Milliseconds;
  readonly until: Milliseconds;
}

/** By what was wrong meanwhile, or so shortly before that whoever looks only now and then does not know yet that it is over. */
function wasHeldUp(world: World, { what, at, until }: Wait & { what: string }): boolean {
  const isWrong = (wrong: string, wrongUntil: Milliseconds): boolean =>
    isExcuse(wrong, what) && (wrongUntil >= at || world.idleUntil(wrongUntil, soonMs) + afterwardsMs >= at);
  return world.disturbances.between(at - restGridMs - afterwardsMs, until, isWrong) !== undefined;
}

/** What was put back or put off is taken up when it is due, by whoever looks then. */
function possibleAt(look: Look, { row, what, began_at: queuedAt, due_at: dueAt, shop_id: id }: Waited): Milliseconds {
  const { world } = look;
  const at = Math.max(queuedAt, whyLater(look, { row, what }));
  if (dueAt === null) return at;
  if (dueAt > at + putBackMaxMs && wasAskedToWait(look, { row, dueAt })) return world.idleUntil(dueAt, soonMs);
  const triedAt = Math.max(at, lastTryUntil(look, { row, what, from: at, to: dueAt }));
  const latest = (id === null ? undefined : putOffUntil(world, { id, dueAt })) ?? triedAt + putBackMaxMs;
  return world.idleUntil(Math.max(at, Math.min(dueAt, latest)), soonMs);
}

/** What is for a provider may have been tried once more just before this, the last end of what was wrong with that one. */
function lastTryUntil(
  { world, rows }: Look,
  { row, what, from, to }: Pick<Waited, 'row' | 'what'> & { from: Milliseconds; to: Milliseconds },
): Milliseconds {
  if (!what.startsWith('provider')) return 0;
  const [asked] = rows<{ readonly provider: string }>(
    `select p.provider from outbox_messages m left join refunds r on r.id = json_extract(m.payload, '$.refundId')
       join payments p on p.id = coalesce(r.payment_id, json_extract(m.payload, '$.paymentId')) where m.id = ?`,
    row,
  );
  let last = 0;
  world.disturbances.between(from, to, (wrong, until) => {
    if (asked !== undefined && wrong.includes(asked.provider) && isExcuse(wrong, what) && until <= to) {
      last = Math.max(last, until);
    }
    return false;
  });
  return last;
}

function whyLater(look: Look, { row, what }: Pick<Waited, 'row' | 'what'>): Milliseconds {
  if (what.startsWith('shop')) return itsTurnAt(look, row);
  return what.startsWith('provider: payment.cancel') ? isThereAt(look, row) : 0;
}

/**
 * There is nothing to close as long as nobody knows whether the link was made: until a line of its history says what has become of it, and
 * until an hour after its expiry at the latest.
 */
function isThereAt({ rows }: Look, row: Waited['row']): Milliseconds {
  const [payment] = rows<{ readonly at: number }>(
    `select coalesce(
       (select min(t.at) from timeline_entries t where t.payment_id = p.id and (t.trust is not null or t.to_status = 'failed')),
       p.expires_at + ${hour + restGridMs}) as at
     from outbox_messages m join payments p on p.id = json_extract(m.payload, '$.paymentId')
     where m.id = ? and m.last_error = 'its creation is not known yet'`,
    row,
  );
  return payment?.at ?? 0;
}

/** Its provider asked for an hour or more when it was tried last, and an hour is what it is given. */
function wasAskedToWait({ world, rows }: Look, { row, dueAt }: Pick<Waited, 'row'> & { dueAt: Milliseconds }): boolean {
  const [refund] = rows<{ readonly provider: string }>(
    `select p.provider from outbox_messages m join refunds r on r.id = json_extract(m.payload, '$.refundId')
       join payments p on p.id = r.payment_id
     where m.id = ? and m.last_error like 'it asks us to wait%'`,
    row,
  );
  if (refund === undefined) return false;
  const isAsking = (wrong: string): boolean =>
    wrong.includes(refund.provider) &&
    Number(/"429".*"retryAfterSeconds":(\d{1,9})\b/.exec(wrong)?.[1]) * second >= hour;
  return world.disturbances.between(dueAt - hour - soonMs, dueAt - hour, isAsking) !== undefined;
}

/** When all events of its order that are ahead of it are settled, which are judged themselves; far off when one is not. */
function itsTurnAt({ rows }: Look, row: Waited['row']): Milliseconds {
  const [ahead] = rows<{ readonly at: number | null }>(
    `select max(coalesce(ahead.processed_at, ahead.abandoned_at, 9e15)) as at
     from outbox_messages it join outbox_messages ahead on ahead.subject = it.subject
       and (ahead.turn < it.turn or ahead.turn = it.turn and ahead.id < it.id)
     where it.id = ?`,
    row,
  );
  return ahead?.at ?? 0;
}

/** No chat was open in which one of the team could have been told. */
function wasNobodyReachable(world: World, { at, until }: Wait): boolean {
  return teamChats(world).every((chat) => {
    const isRefusal = (wrong: string): boolean => isRefusalOf(chat, wrong);
    return !world.telegram.chats.isReachable(chat) || world.disturbances.between(at, until, isRefusal) !== undefined;
  });
}

/** Where alerts go, and where they go instead. */
function teamChats({ settings, operator, telegram }: World): Chat[] {
  const { environment } = operator;
  const group = environment['ALERT_CHAT_ID'] ? telegram.chats.groupId() : null;
  const ids = [...settings.admins.map(({ id }) => id), ...(group === null ? [] : [group])];
  const bots = environment['TELEGRAM_PAGER_TOKEN'] ? [adminBot, pagerBot] : [adminBot];
  return bots.flatMap((bot) => ids.map((chatId) => ({ bot, chatId })));
}

function isRefusalOf({ bot, chatId }: Chat, wrong: string): boolean {
  if (wrong === `@${bot} is shut out of chat ${chatId}`) return true;
  return wrong.startsWith(`@${bot} `) && wrong.includes(` in chat ${chatId}: Forbidden`);
}

/** One chat that refuses is none, as long as there are others. */
function isExcuse(wrong: string, what: string): boolean {
  if (/Forbidden|is shut out of chat/.test(wrong)) return false;
  if (wrong.startsWith('webhooks of')) return false;
  if (wrong.startsWith('the shop')) return what.startsWith('shop');
  const isProvider = /^(?:coinbase|bitpay|btcpay|nowpayments|payhip)\b/.test(wrong);
  return !isProvider || what.startsWith('provider');
}
