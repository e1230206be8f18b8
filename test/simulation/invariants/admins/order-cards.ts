import { type CaseKind, needsDecision } from '#cases/case.ts';
import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { chatOf } from './places.ts';

interface OrderCard extends Readonly<Record<string, unknown>> {
  readonly chat_id: number;
  readonly message_id: number;
  readonly id: string;
  readonly number: number;
  readonly status: string;
}

export const orderCards: Invariant = {
  number: 9,
  promise: 'The card of an order shows at rest what is stored.',
  *atRest(look) {
    const given = chatsGivenUp(look);
    const cards = look.rows<OrderCard>(
      `select s.chat_id, s.message_id, o.id, o.number, o.status
       from sent_messages s join orders o on s.subject = 'order:' || o.id where s.bot = 'admin'`,
    );
    for (const card of cards) {
      if (given.has(card.id)) continue;
      const chat = chatOf(look, { bot: 'admin', chat_id: card.chat_id });
      const what = `the card of T-${card.number} in ${chat.bot} ${chat.chatId}/${card.message_id}`;
      const text = look.world.telegram.chats.message(chat, card.message_id)?.text;
      // A question about the order stands in its card's place until it is answered, or the order changes.
      if (text?.startsWith('❓')) continue;
      if (text === undefined) yield `${what} is not there`;
      else for (const word of missingWords(look, { card, text })) yield `${what} does not say “${word}”: ${text}`;
    }
  },
};

function missingWords(look: Look, { card, text }: { card: OrderCard; text: string }): string[] {
  const words = [`T-${card.number} · ${wordOf(card.status)}`];
  // What is left out first, where there is more to say than room.
  const isCut = /^… \d+ (?:more items?|earlier refunds?)$/m.test(text);
  if (!isCut) words.push(...paymentWords(look, card), ...refundWords(look, card), ...caseWords(look, card));
  return words.filter((word) => !text.includes(word));
}

/** With several payments it depends on them which one the card is about. */
function paymentWords({ rows }: Look, { id }: OrderCard): string[] {
  const payments = rows<{ provider: string; status: string }>(
    'select provider, status from payments where order_id = ?',
    id,
  );
  const [only] = payments;
  if (only === undefined) return ['No payment link yet.'];
  if (payments.length > 1) return [`${payments.length} payment links in all`];
  return [`${providerTitle(only.provider)}: payment ${wordOf(only.status)}`];
}

/** Earlier ones go where room runs out. */
function refundWords({ rows }: Look, { id }: OrderCard): string[] {
  const refunds = rows<{ amount: number; currency: string; status: string }>(
    'select amount_minor as amount, currency, status from refunds where order_id = ? order by id desc limit 1',
    id,
  );
  return refunds.map(({ amount, currency, status }) => {
    return `Refund ${formatMoney({ amountMinor: amount, currency })} ${wordOf(status)}`;
  });
}

/** More of them than these go where room runs out. */
const casesShownMax = 3;

function caseWords({ rows }: Look, { id }: OrderCard): string[] {
  const cases = rows<{ kind: CaseKind; headline: string }>(
    `select kind, facts ->> 'headline' as headline from cases where order_id = ? and status <> 'resolved'`,
    id,
  ).filter(needsDecision);
  return cases.length > casesShownMax ? [] : cases.map(({ headline }) => headline);
}

function wordOf(status: string): string {
  return status.replaceAll('_', ' ');
}

/** Orders whose card a chat could not be shown, which is let go. */
function chatsGivenUp({ rows }: Look): ReadonlySet<string> {
  const found = rows<{ id: string }>(
    `select distinct payload ->> 'orderId' as id from outbox_messages
     where topic = 'order.card' and (outcome like '%blocked%' or abandoned_at is not null)`,
  );
  return new Set(found.map(({ id }) => id));
}
