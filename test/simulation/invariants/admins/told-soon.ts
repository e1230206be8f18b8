// How long it takes from a trouble to the message about it, by what the product has written down, as long as nothing is in its way.
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import { bots } from '../../world/settings.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';
import { wasClockWrong } from '../wrong-clock.ts';

interface Waited extends Readonly<Record<string, unknown>> {
  readonly row: number;
  readonly what: string;
  readonly began_at: number;
  /** Null: it still waits. */
  readonly ended_at: number | null;
}

/** Up to these rows nobody waits any more, in a database that was put back so often. */
const memoryOf = createMemory(() => ({ cases: 0, outbox: 0, restores: 0 }));

const soonMs: Milliseconds = 30 * second;
/** At rest, whoever was cut off looks every ten minutes whether it still is. */
const afterwardsMs: Milliseconds = restGridMs + 2 * minute;

export const toldSoon: Invariant = {
  number: 5,
  promise:
    'Within 30 seconds a new case is shown to somebody, and what is to be told is told, as long as nothing is in the way.',
  *always(look) {
    const { world } = look;
    const memory = memoryOf(world);
    const restores = world.restores.length;
    if (restores !== memory.restores) Object.assign(memory, { cases: 0, outbox: 0, restores });
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

const queries = {
  /** A case that is over before anybody saw it need not be shown; cards of before a group got another id are forgotten. */
  cases: ({ rows }: Look, row: number) =>
    rows<Waited>(
      `select c.rowid as row, 'the case ' || key || ' is shown to nobody' as what, opened_at as began_at,
         coalesce(min(s.sent_at), resolved_at) as ended_at
       from cases c left join sent_messages s on s.subject = 'case:' || c.id
       where c.rowid > ? and c.rings and c.opened_at > (select coalesce(max(at), 0) from chat_moves) group by c.id order by c.rowid`,
      row,
    ),
  /**
   * What is owed to a chat that cannot be reached was told elsewhere; a card that changes again and again is drawn once a
   * minute, and one that is drawn again after a call without an answer within two; what was put back or put off is taken up again on the
   * grid of idle waits.
   */
  outbox: ({ rows }: Look, row: number) =>
    rows<Waited>(
      `select rowid as row, lane || ': ' || topic || ' ' || id || ' is not settled' as what,
         received_at + iif(key like '%:until:%', ${minute}, 0) + iif(key like '%:again:%', ${2 * minute}, 0)
           + iif(last_error is null and key not like '%:again:%', 0, ${restGridMs}) as began_at,
         coalesce(processed_at, abandoned_at, iif(outcome = 'owed', received_at, null)) as ended_at
       from outbox_messages where rowid > ? order by rowid`,
      row,
    ),
};

function* judge(look: Look, { row, what, began_at: queuedAt, ended_at: endedAt }: Waited): Iterable<string> {
  const { disturbances, machine } = look.world;
  const until = endedAt ?? machine.now();
  if (until - queuedAt <= soonMs) return;
  const at = Math.max(queuedAt, possibleAt(look, { row, what }));
  if (until - at <= soonMs) return;
  if (wasClockWrong(look.world, at, until)) return;
  if (disturbances.between(at - afterwardsMs, until, (wrong) => isExcuse(wrong, what)) !== undefined) return;
  if (bots.every(({ username }) => disturbances.between(at, until, isRefusalOf(username)) !== undefined)) return;
  yield `${what} for ${Math.round((until - at) / second)} s, and nothing was in the way`;
}

function possibleAt(look: Look, { row, what }: Pick<Waited, 'row' | 'what'>): Milliseconds {
  if (what.startsWith('shop')) return itsTurnAt(look, row);
  return what.startsWith('provider: payment.cancel') ? isThereAt(look, row) : 0;
}

/** A link of which nobody knows whether it was made is looked for until an hour after its expiry; until then, and until its next attempt, there is nothing to close. */
function isThereAt({ rows }: Look, row: number): Milliseconds {
  const [payment] = rows<{ readonly at: number }>(
    `select expires_at + ${hour + 3 * restGridMs} as at from outbox_messages m join payments p on p.id = json_extract(m.payload, '$.paymentId')
     where m.rowid = ? and m.last_error = 'its creation is not known yet'`,
    row,
  );
  return payment?.at ?? 0;
}

/** When all events of its order that are ahead of it are settled, which are judged themselves; far off when one is not. */
function itsTurnAt({ rows }: Look, row: number): Milliseconds {
  const [ahead] = rows<{ readonly at: number | null }>(
    `select max(coalesce(ahead.processed_at, ahead.abandoned_at, 9e15)) + iif(it.last_error is null, 0, ${restGridMs}) as at
     from outbox_messages it join outbox_messages ahead on ahead.subject = it.subject
       and (ahead.turn < it.turn or ahead.turn = it.turn and ahead.id < it.id)
     where it.rowid = ?`,
    row,
  );
  return ahead?.at ?? 0;
}

/** Where alerts go by one bot, and where they go instead by the other. */
function isRefusalOf(bot: string): (wrong: string) => boolean {
  return (wrong) => wrong.startsWith(`@${bot} `) && wrong.includes('Forbidden');
}

/** One chat that refuses is none, as long as there are others. */
function isExcuse(wrong: string, what: string): boolean {
  if (wrong.includes('Forbidden')) return false;
  if (wrong.startsWith('webhooks of')) return false;
  if (wrong.startsWith('the shop')) return what.startsWith('shop');
  const isProvider = /^(?:coinbase|bitpay|btcpay|nowpayments|payhip)\b/.test(wrong);
  return !isProvider || what.startsWith('provider');
}
