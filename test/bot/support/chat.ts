import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, openBotShop } from './shop.ts';

export const paid: Partial<PaymentSnapshot> = {
  state: 'confirmed',
  providerStatus: 'Settled',
  settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
};

export async function openChat(options: Parameters<typeof openBotShop>[0] = {}): Promise<BotShop> {
  const shop = await openBotShop(options);
  shop.adminBot.start();
  return shop;
}

export function chat(shop: BotShop, userId = ann): readonly SandboxMessage[] {
  return shop.telegram.messages({ bot: 'till_bot', chatId: userId });
}

/** Writes to the bot and resolves with its answer: the first message that comes after. */
export async function say(shop: BotShop, text: string, userId = ann): Promise<SandboxMessage> {
  const sent = await shop.telegram.sendText({ userId, bot: 'till_bot', text });
  return shop.telegram.awaitMessage(
    ({ bot, chatId, from, messageId }) =>
      bot === 'till_bot' && chatId === userId && from.isBot && messageId > sent.messageId,
  );
}

/** Taps a button by its text, as the message is now; resolves with the toast. */
export async function tap(shop: BotShop, message: SandboxMessage, text: string, userId = ann): Promise<string> {
  const current = chat(shop, userId).find(({ messageId }) => messageId === message.messageId);
  const data = current?.keyboard.flat().find((button) => button.text === text)?.callback_data;
  if (data === undefined) throw new Error(`no button "${text}" on: ${current?.text}`);
  const answer = await shop.telegram.tapButton({ userId, bot: 'till_bot', messageId: message.messageId, data });
  return answer.text ?? '';
}

export function textOf(shop: BotShop, message: SandboxMessage): string {
  return chat(shop).find(({ messageId }) => messageId === message.messageId)?.text ?? '';
}

export function buttonsOf(shop: BotShop, message: SandboxMessage): string[] {
  const current = chat(shop).find(({ messageId }) => messageId === message.messageId);
  return current?.keyboard.flat().map(({ text }) => text) ?? [];
}

export async function auditOf(shop: BotShop): Promise<string[]> {
  const rows = await shop.deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 50 }));
  return rows.filter(({ actorKind }) => actorKind === 'admin').map(({ action, actorId }) => `${actorId} ${action}`);
}

/** What a call of before asked for reaches Telegram now. */
export async function arrivesLate(
  shop: BotShop,
  edit: { token: string; chatId: number; messageId: number; text: string },
): Promise<void> {
  const body = JSON.stringify({ chat_id: edit.chatId, message_id: edit.messageId, text: edit.text });
  const headers = { 'content-type': 'application/json' };
  const url = `${shop.telegram.url}/bot${edit.token}/editMessageText`;
  const { status } = await fetch(url, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`the edit was answered ${status}`);
}
