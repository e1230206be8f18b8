// The pager serves the buttons of its own cards, and tells an admin who presses Start that alerts come here. It has no
// commands: those are the other bot's.

import type { Context, Telegraf } from 'telegraf';
import type { CallbackQuery } from 'telegraf/types';
import type { AdminDirectory } from '#access/admin.ts';
import { clip } from '#kernel/text.ts';
import { actingAdmin } from '../kit/contexts.ts';
import type { Destination } from '../kit/destinations.ts';
import type { PlainDeps } from '../kit/env.ts';
import { outOfDate } from '../kit/replies.ts';
import { type AlertButtonDeps, handleAlertButton } from '../screens/cases/alert-buttons.ts';
import { handleGroupButton } from '../screens/cases/alert-group-buttons.ts';
import { drawPlainCase } from '../screens/cases/case-card.ts';
import { drawPlainCases } from '../screens/cases/case-list.ts';
import { drawPlainOrder } from '../screens/orders/order-cards.ts';
import { createAccessGate, unauthorizedText, type Visitor } from '../telegram/access-gate.ts';
import type { AlertChat } from '../telegram/alert-chat.ts';
import { callTimeoutMs } from '../telegram/connection.ts';
import type { ChatSender } from '../telegram/telegram.ts';
import { decodeCallback } from '../text/callback-data.ts';
import type { View } from '../text/view.ts';
import { isTelegramError, readTelegrafError } from './errors.ts';
import { asTelegrafSignal } from './sender.ts';

interface PagerServeDeps extends AlertButtonDeps, PlainDeps {
  admins: AdminDirectory;
  sender: ChatSender;
  alertChat: AlertChat;
}

/** Telegram shows no longer toast, and a long one only in a box that waits to be closed. */
const toastUnitsMax = 200;
const toastGlanceUnits = 60;
/** A reply waits at most so long where Telegram asks to slow down. */
const replyWaitMaxMs = 5_000;

const notShown = 'Done, but it cannot be shown in this chat. The command bot shows it: /alerts';

export function servePagerTaps(telegraf: Telegraf<Context>, deps: PagerServeDeps): void {
  const gate = createAccessGate({ ...deps, bot: 'pager' });
  telegraf.catch((error, ctx) => {
    const facts = { bot: 'pager', updateId: ctx.update.update_id };
    if (isTelegramError(error)) deps.log.warn('reply not sent', { ...facts, reason: readTelegrafError(error).kind });
    else deps.log.error('update failed', facts, error);
  });
  telegraf.on('message', async (ctx) => {
    const isPrivateChat = ctx.chat.type === 'private';
    const { id: userId } = ctx.from;
    const admission = await gate.admit({ userId, chatId: ctx.chat.id, isPrivateChat });
    if (!isPrivateChat || (admission.kind === 'unauthorized' && !admission.isGreeted)) return;
    await reply(deps, { chatId: ctx.chat.id, view: { text: await greeting(deps, admission.kind), keyboard: [] } });
  });
  telegraf.on('callback_query', async (ctx) => {
    const query = ctx.callbackQuery;
    const visitor = visitorOf(query);
    const isServed = visitor !== undefined && (visitor.isPrivateChat || (await deps.alertChat.is(visitor.chatId)));
    const admission = isServed ? await gate.admit(visitor) : undefined;
    if (visitor === undefined || admission?.kind !== 'admin' || !('data' in query)) {
      await answer(deps, ctx, '');
      return;
    }
    await serveTap(deps, ctx, { ...visitor, data: query.data });
  });
}

async function serveTap(deps: PagerServeDeps, ctx: Context, tap: Visitor & { data: string }): Promise<void> {
  const { from, message } = ctx.callbackQuery ?? {};
  if (from === undefined) return;
  const { chatId, data } = tap;
  const callback = decodeCallback(data);
  if (callback?.kind !== 'alert' && callback?.kind !== 'alert_group') {
    await answer(deps, ctx, outOfDate);
    return;
  }
  const by = actingAdmin({ from });
  const result =
    callback.kind === 'alert'
      ? await handleAlertButton(deps, { callback, by, buttons: 'plain' })
      : { reply: undefined, ...(await handleGroupButton(deps, { callback, by })) };
  const plain = result.follow && (await drawPlain(deps, result.follow));
  const view = result.reply ?? plain;
  const isShown = view === undefined || (await reply(deps, { chatId, view, replyTo: message?.message_id ?? null }));
  const isElsewhere = result.follow !== undefined && plain === undefined;
  if (isElsewhere) await answer(deps, ctx, 'This is in the private chat with the command bot.');
  else await answer(deps, ctx, isShown ? result.toast : notShown);
}

/** What a button leads to, without buttons: those that are served are in the command bot. */
function drawPlain(deps: PagerServeDeps, to: Destination): Promise<View | undefined> {
  if (to.screen === 'order') return drawPlainOrder(deps, to);
  if (to.screen === 'exceptions') return drawPlainCases(deps, to);
  return to.screen === 'case' ? drawPlainCase(deps, to) : Promise.resolve(undefined);
}

function visitorOf(query: CallbackQuery): Visitor | undefined {
  const chat = query.message?.chat;
  if (chat === undefined || query.from.is_bot) return undefined;
  return { userId: query.from.id, chatId: chat.id, isPrivateChat: chat.type === 'private' };
}

async function greeting(deps: PagerServeDeps, kind: 'admin' | 'unauthorized'): Promise<string> {
  if (kind === 'unauthorized') return unauthorizedText;
  const commandBot = deps.commandBot();
  const where = (await deps.alertChat.currentId()) === null ? 'Alerts come here.' : 'Alerts go to the group.';
  return commandBot === null ? where : `${where} Commands are @${commandBot}'s.`;
}

async function answer(deps: PagerServeDeps, ctx: Context, toast: string): Promise<void> {
  const text = clip(toast, toastUnitsMax);
  try {
    await ctx.telegram.callApi(
      'answerCallbackQuery',
      { callback_query_id: ctx.callbackQuery?.id ?? '', text, show_alert: text.length > toastGlanceUnits },
      { signal: asTelegrafSignal(deps.clock.deadline(callTimeoutMs)) },
    );
  } catch (error) {
    // A tap that waited too long can no longer be answered; what it did is on the card.
    if (readTelegrafError(error).kind !== 'refused') throw error;
  }
}

/** False when it did not get there. */
async function reply(
  deps: PagerServeDeps,
  message: { chatId: number; view: View; replyTo?: number | null },
): Promise<boolean> {
  const signal = deps.clock.deadline(callTimeoutMs);
  const send = { chatId: message.chatId, view: message.view, isSilent: true, replyTo: message.replyTo ?? null };
  let outcome = await deps.sender.send(send, signal);
  if (outcome.kind === 'slow_down' && outcome.retryAfterMs <= replyWaitMaxMs) {
    await deps.clock.pause(outcome.retryAfterMs, signal);
    outcome = await deps.sender.send(send, signal);
  }
  if (outcome.kind !== 'sent') {
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    deps.log.warn('reply not sent', { bot: 'pager', chatId: message.chatId, reason });
  }
  return outcome.kind === 'sent';
}
