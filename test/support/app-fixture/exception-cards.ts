// Deciding about exceptions as an admin does: from the order's card, by buttons and written reasons.
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type AppFixture, buttonsOf } from './app-fixture.ts';
import type { PlacedOrder } from './shop-client.ts';
import { adminBot, owner } from './world.ts';

export function current(app: AppFixture, message: SandboxMessage): SandboxMessage {
  const all = app.telegram.messages({ bot: message.bot, chatId: owner.id });
  return all.find(({ messageId }) => messageId === message.messageId) ?? message;
}

/** The card of the order's exception, opened by the button on the order's own card. */
export async function openException(
  app: AppFixture,
  order: Pick<PlacedOrder, 'number'>,
  kind: string,
): Promise<SandboxMessage> {
  const button = `Resolve: ${kind}`;
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes(button));
  await app.tap(card, button);
  return current(app, card);
}

/** Presses each button in turn on one message; returns the bot's last answer. */
export async function press(app: AppFixture, card: SandboxMessage, ...buttons: string[]): Promise<string> {
  let word = '';
  for (const button of buttons) word = (await app.tap(card, button)).text ?? '';
  return word;
}

/** Writes the requested reason and confirms it; returns the bot's answer, and the message that shows the result. */
export async function writeReason(
  app: AppFixture,
  input: { reason: string; yes: string },
): Promise<{ word: string; message: SandboxMessage }> {
  const message = await app.ask(input.reason, (answer) => buttonsOf(answer).includes(input.yes));
  const word = (await app.tap(message, input.yes)).text ?? '';
  return { word, message: current(app, message) };
}

/** The newest message of the command bot. */
export function lastAnswer(app: AppFixture): SandboxMessage {
  const last = app.telegram.messages({ bot: adminBot, chatId: owner.id }).findLast(({ from }) => from.isBot);
  if (last === undefined) throw new Error('the bot has said nothing');
  return last;
}

export const typesOf = (app: AppFixture, order: Pick<PlacedOrder, 'id'>): string[] =>
  app.shop.heardOf(order.id).map(({ type }) => type);
