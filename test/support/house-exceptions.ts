// Deciding about exceptions as an admin does: from the order's card, by buttons and written reasons.
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { buttonsOf, type House } from './house.ts';
import type { PlacedOrder } from './house-client.ts';
import { adminBot, owner } from './house-world.ts';

export function current(house: House, message: SandboxMessage): SandboxMessage {
  const all = house.telegram.messages({ bot: message.bot, chatId: owner.id });
  return all.find(({ messageId }) => messageId === message.messageId) ?? message;
}

/** The card of the order's exception, opened by the button on the order's own card. */
export async function openException(
  house: House,
  order: Pick<PlacedOrder, 'number'>,
  kind: string,
): Promise<SandboxMessage> {
  const button = `Resolve: ${kind}`;
  const card = await house.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes(button));
  await house.tap(card, button);
  return current(house, card);
}

/** Each button in turn on one message; the bot's last word. */
export async function press(house: House, card: SandboxMessage, ...buttons: string[]): Promise<string> {
  let word = '';
  for (const button of buttons) word = (await house.tap(card, button)).text ?? '';
  return word;
}

/** Writes the reason that was asked for, and confirms it; the bot's word, and the message that shows what became of it. */
export async function writeReason(
  house: House,
  input: { reason: string; yes: string },
): Promise<{ word: string; message: SandboxMessage }> {
  const message = await house.ask(input.reason, (answer) => buttonsOf(answer).includes(input.yes));
  const word = (await house.tap(message, input.yes)).text ?? '';
  return { word, message: current(house, message) };
}

/** The newest message of the command bot. */
export function lastAnswer(house: House): SandboxMessage {
  const last = house.telegram.messages({ bot: adminBot, chatId: owner.id }).findLast(({ from }) => from.isBot);
  if (last === undefined) throw new Error('the bot has said nothing');
  return last;
}

export const typesOf = (house: House, order: Pick<PlacedOrder, 'id'>): string[] =>
  house.shop.heardOf(order.id).map(({ type }) => type);
