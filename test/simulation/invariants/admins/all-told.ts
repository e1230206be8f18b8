// Alerts that go to each owner in private reach each of them; and a case that was made to wait rings when it is due again.
import { minute, second } from '#kernel/clock.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { wasClockWrong } from '../wrong-clock.ts';
import { alertsGivenUp } from './case-cards.ts';
import { cardOf, chatOf } from './places.ts';

/** While whom alerts go to was something else. */
const otherTeam = /the team$|^alerts go /;

export const allTold: Invariant = {
  number: 5,
  promise: 'Each owner hears of a case, and one that was made to wait rings again.',
  *atRest(look) {
    // After a restore the product no longer knows what it has sent.
    if (look.world.restores.length > 0) return;
    const given = alertsGivenUp(look);
    yield* untold(look, given);
    yield* silent(look, given);
  },
};

function* untold({ world, rows }: Look, given: ReadonlySet<string>): Iterable<string> {
  const { environment } = world.operator;
  const isOther = world.disturbances.between(0, world.now(), (what) => otherTeam.test(what)) !== undefined;
  if (environment['ALERT_CHAT_ID'] || isOther) return;
  const cases = rows<{ id: string; key: string; shown: string; subject: string }>(
    `select id, key, coalesce(group_id, id) as shown, ${cardOf} as subject from cases c
     where status = 'open' and rings and coalesce(group_id, id) not in (
       select coalesce(payload ->> 'caseId', payload ->> 'groupId') from outbox_messages
       where topic in ('alert.card', 'alert.group') and processed_at is null)`,
  );
  for (const { id, key, shown, subject } of cases) {
    if (given.has(shown)) continue;
    const told = rows<{ chat_id: number }>('select chat_id from sent_messages where subject = ?', subject);
    for (const owner of environment['OWNER_IDS']?.split(',') ?? []) {
      if (!told.some(({ chat_id: chatId }) => String(chatId) === owner)) {
        yield `case ${key} (${id}) was not told to owner ${owner}, but to ${told.map((one) => one.chat_id).join(', ')}`;
      }
    }
  }
}

interface Woken extends Readonly<Record<string, unknown>> {
  readonly id: string;
  /** Itself, or its group. */
  readonly shown: string;
  readonly at: number;
  readonly until: number;
  readonly bot: 'admin' | 'pager';
  readonly chat_id: number;
}

/** Cases that were snoozed last of all, whose time is over, and that are open. */
function* silent(look: Look, given: ReadonlySet<string>): Iterable<string> {
  const { world } = look;
  const woken = look.rows<Woken>(
    `select c.id, coalesce(c.group_id, c.id) as shown, a.at, a.details ->> 'until' as until, s.bot, s.chat_id from cases c
     join audit_records a on a.subject = 'case:' || c.id and a.action = 'case.snooze'
     join sent_messages s on s.subject = ${cardOf}
     where c.status = 'open' and s.sent_at < a.at and not exists (
       select 1 from audit_records b where b.subject = a.subject and b.at > a.at)`,
  );
  for (const { id, shown, at, until, ...place } of woken) {
    const chat = chatOf(look, place);
    if (until > world.machine.now() || given.has(shown) || !world.telegram.chats.isReachable(chat)) continue;
    // Whoever could not be shown that it waits is not told that it waits no longer.
    if (world.disturbances.between(at - minute, until + 5 * minute) !== undefined) continue;
    // The product's clock is compared with Telegram's.
    if (wasClockWrong(world, at, until)) continue;
    const hasRung = world.telegram.chats
      .messages(chat)
      .some(({ text, date }) => text.startsWith('⏰') && date * second >= at - second);
    if (!hasRung) yield `case ${id} was made to wait until ${new Date(until).toISOString()}, and did not ring then`;
  }
}
