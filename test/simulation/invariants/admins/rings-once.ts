// Each chat has one card of a case, and hears of it again only when it was made to wait and is due. A message may come twice where
// nobody can know that the first was sent.
import { restoreId } from '#bot/text/callback-fields.ts';
import { second } from '#kernel/clock.ts';
import type { Chat } from '../../telegram/chats.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { listenForSends, wasKnownAt } from './known-sends.ts';

/** Of a case, or of a group of them. */
const cardButton = /^alert(?:_group)?:\w+:([\w-]{22})$/;

export const ringsOnce: Invariant = {
  number: 5,
  promise: 'A case is one message in a chat, rings again only after it was made to wait, and does not come and go.',
  begin: listenForSends,
  *atRest(look) {
    const { world } = look;
    yield* flapping(look);
    // After a restore the product no longer knows what it has sent.
    if (world.restores.length > 0) return;
    const waits = waitsOf(look);
    for (const { id, chat, cards, rings } of sentOf(world)) {
      const wasKnown = ({ messageId }: Told, date: number): boolean => wasKnownAt(world, { ...chat, messageId }, date);
      const what = `case ${id} in ${chat.bot} ${chat.chatId}`;
      for (const card of cards) {
        const before = cards.find((one) => wasKnown(one, card.date));
        if (before !== undefined) yield `${what} has two cards, of ${timeOf(before)} and ${timeOf(card)}`;
      }
      const waited = waits.get(restoreId(id) ?? '') ?? 0;
      const known = rings.filter((ring, index) => {
        const next = rings[index + 1];
        return next === undefined || wasKnown(ring, next.date);
      });
      if (known.length <= waited) continue;
      yield `${what} rang again at ${known.map(timeOf).join(', ')}, and was made to wait ${waited} times`;
    }
  },
};

function timeOf({ date }: Told): string {
  return new Date(date * second).toISOString();
}

/** How often somebody made a case wait. */
function waitsOf({ rows }: Look): ReadonlyMap<string, number> {
  const found = rows<{ id: string; count: number }>(
    `select c.id, count(*) as count from cases c join audit_records a on
       (a.subject = 'case:' || c.id and a.action in ('case.snooze', 'case.wait'))
       or (a.subject = 'order:' || c.order_id and a.action = 'order.new_link') group by 1`,
  );
  // What waits together rings together.
  const together = rows<{ id: string; count: number }>(
    `select c.group_id as id, count(distinct a.details ->> 'until') as count from cases c
       join audit_records a on a.subject = 'case:' || c.id and a.action = 'case.snooze'
     where c.group_id is not null group by 1`,
  );
  return new Map([...found, ...together].map(({ id, count }) => [id, count]));
}

/** What comes and goes is one outage that goes on: more than so many of a provider in an hour are too many. */
const outagesMax = 5;

function* flapping({ rows }: Look): Iterable<string> {
  const found = rows<{ key: string; count: number }>(
    `select a.key, count(*) as count from cases a join cases b on b.key = a.key
       and b.opened_at between a.opened_at and a.opened_at + 3600000
     where a.kind = 'provider_down' group by a.id having count(*) > ${outagesMax}`,
  );
  for (const { key, count } of found) yield `${key} began ${count} times within an hour`;
}

interface Told {
  readonly messageId: number;
  /** In seconds. */
  readonly date: number;
}

interface Sent {
  /** As buttons have it. */
  readonly id: string;
  readonly chat: Chat;
  readonly cards: Told[];
  /** Answers to the cards that make a sound. */
  readonly rings: Told[];
}

/** What was sent about each case to each chat. */
function sentOf({ telegram: { chats } }: World): Sent[] {
  return chats.all().flatMap((chat) => {
    const byCase = new Map<string, Sent>();
    const byMessage = new Map<number, Sent>();
    for (const message of chats.messages(chat)) {
      const { keyboard, messageId, date, replyToId, silent } = message;
      const buttons = [...keyboard.flat(), ...chats.earlierButtons(message)];
      const id = buttons.map(({ callback_data: data = '' }) => cardButton.exec(data)?.[1]).find((found) => found);
      if (id === undefined) {
        if (!silent && message.from.isBot) byMessage.get(replyToId ?? 0)?.rings.push({ messageId, date });
        continue;
      }
      const sent = byCase.get(id) ?? { id, chat, cards: [], rings: [] };
      sent.cards.push({ messageId, date });
      byCase.set(id, sent);
      byMessage.set(messageId, sent);
    }
    return [...byCase.values()];
  });
}
