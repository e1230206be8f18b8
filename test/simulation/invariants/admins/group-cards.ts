// Cases that share a card are told of as a number: it is right, and there is a way to see them.
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { alertsGivenUp } from './case-cards.ts';
import { chatOf } from './places.ts';

interface GroupCard extends Readonly<Record<string, unknown>> {
  readonly bot: 'admin' | 'pager';
  readonly chat_id: number;
  readonly message_id: number;
  readonly id: string;
  readonly open: number;
  readonly acknowledged: number;
  readonly snoozed: number;
  readonly resolved: number;
}

const words = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;

export const groupCards: Invariant = {
  number: 9,
  promise: 'The card of a group of cases says at rest how many there are, and leads to them.',
  *atRest(look) {
    const given = alertsGivenUp(look);
    const counts = words.map((status) => `sum(c.status = '${status}') as ${status}`);
    const cards = look.rows<GroupCard>(
      `select s.bot, s.chat_id, s.message_id, c.group_id as id, ${counts.join(', ')}
       from sent_messages s join cases c on s.subject = 'group:' || c.group_id group by 1, 2, 3, 4`,
    );
    for (const card of cards) if (!given.has(card.id)) yield* faultsOf(look, card);
  },
};

function* faultsOf(look: Look, card: GroupCard): Iterable<string> {
  const chat = chatOf(look, card);
  const what = `the card of group ${card.id} in ${chat.bot} ${chat.chatId}/${card.message_id}`;
  const message = look.world.telegram.chats.message(chat, card.message_id);
  if (message === undefined) {
    yield `${what} is not there`;
    return;
  }
  const { text, keyboard } = message;
  for (const word of words) {
    const shown = Number(new RegExp(`(\\d+) ${word}\\b`).exec(text)?.[1] ?? 0);
    if (shown !== card[word]) yield `${what} says ${shown} ${word}, and it is ${card[word]}: ${text}`;
  }
  const buttons = new Set(keyboard.flat().map((button) => button.text));
  const isLive = card.open + card.acknowledged + card.snoozed > 0;
  if (buttons.has('Show the list') !== isLive) yield `${what} ${isLive ? 'leads nowhere' : 'is over and has buttons'}`;
  if (buttons.has('Acknowledge all') !== card.open > 0)
    yield `${what} has ${card.open} open and offers ${[...buttons].join(', ')}`;
}
