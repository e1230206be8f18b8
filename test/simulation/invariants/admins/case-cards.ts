// Messages in Telegram beside the rows that they show, once nothing happens any more.
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { createMemory } from '../memory.ts';
import { chatOf } from './places.ts';

interface CaseCard extends Readonly<Record<string, unknown>> {
  readonly bot: 'admin' | 'pager';
  readonly chat_id: number;
  readonly message_id: number;
  readonly shown_version: number;
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly severity: string;
  readonly acknowledged_by: string | null;
  readonly headline: string;
  readonly order_number: string | null;
}

/** Cases, and groups of them, of which a chat was not told, because it refused, and which are let go where another chat was told. */
const memoryOf = createMemory(() => new Set<string>());

export const caseCards: Invariant = {
  number: 9,
  promise: 'The card of a case shows at rest what is stored.',
  begin(world) {
    const refused = memoryOf(world);
    world.log.onLine((line) => {
      const id = line.includes('"msg":"alert not shown"') ? /"(?:case|group)Id":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (id !== undefined) refused.add(id);
    });
  },
  *atRest(look) {
    const given = alertsGivenUp(look);
    const cards = look.rows<CaseCard>(
      `select s.bot, s.chat_id, s.message_id, s.shown_version, c.id, c.version, c.status, c.severity, c.acknowledged_by,
         c.facts ->> 'headline' as headline, c.facts ->> 'orderNumber' as order_number
       from sent_messages s join cases c on s.subject = 'case:' || c.id`,
    );
    for (const card of cards) {
      if (given.has(card.id)) continue;
      const chat = chatOf(look, card);
      const what = `the card of case ${card.id} in ${chat.bot} ${chat.chatId}/${card.message_id}`;
      const message = look.world.telegram.chats.message(chat, card.message_id);
      if (message === undefined) yield `${what} is not there`;
      else if (card.shown_version < card.version)
        yield `${what} shows version ${card.shown_version} of ${card.version}`;
      else for (const fault of faultsOf(card, message)) yield `${what} ${fault}: ${message.text}`;
    }
  },
};

interface Shown {
  readonly text: string;
  readonly keyboard: readonly (readonly { readonly text: string }[])[];
}

const stateWords: Readonly<Record<string, RegExp>> = {
  resolved: /RESOLVED/,
  acknowledged: /Acknowledged/,
  snoozed: /Snoozed/,
};

function* faultsOf(card: CaseCard, { text, keyboard }: Shown): Iterable<string> {
  const buttons = new Set(keyboard.flat().map((button) => button.text));
  for (const [status, word] of Object.entries(stateWords)) {
    const isShown = word.test(text);
    // Who acknowledged it stays on the card when it is over, and when it is opened again.
    const mayBe = status === 'acknowledged' && card.acknowledged_by !== null;
    if (isShown !== (status === card.status) && !mayBe)
      yield `is ${card.status} and ${isShown ? 'says' : 'does not say'} ${word}`;
  }
  if (card.status === 'resolved' && buttons.size > 0) yield 'is resolved and has buttons';
  const canAcknowledge = card.status === 'open' || card.status === 'snoozed';
  if (buttons.has('Acknowledge') !== canAcknowledge) yield `is ${card.status} and offers ${[...buttons].join(', ')}`;
  const words = [card.headline.slice(0, 60), card.order_number ?? ''];
  if (card.status !== 'resolved') words.push(card.severity.toUpperCase());
  for (const word of words) if (!text.includes(word)) yield `does not say ${word}`;
}

/** Cases, and groups of them, that a chat could not be told of, which is let go where another was. */
export function alertsGivenUp({ rows, world }: Look): ReadonlySet<string> {
  const found = rows<{ id: string }>(
    `select distinct coalesce(payload ->> 'caseId', payload ->> 'groupId') as id from outbox_messages
     where topic in ('alert.card', 'alert.group') and (outcome like '%blocked%' or last_error like '%told%' or last_error like '%40_: %')`,
  );
  return new Set([...memoryOf(world), ...found.map(({ id }) => id)]);
}
