// Who is served, and what with. Everything below the gate is for admins only: in private all of it, in the alert group
// the buttons of alerts, anywhere else nothing.

import type { Bot, Context } from 'grammy';
import { leaveSentMessage } from '#messaging/queues/sent-messages.ts';
import type { ServedContext } from '../kit/contexts.ts';
import type { AdminEnv } from '../kit/env.ts';
import { createAccessGate, unauthorizedText } from '../telegram/access-gate.ts';
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import { dispatchButton, runCommand, takeDocument, takeText } from './dispatch.ts';
import { commands } from './screens.ts';

const failureText = 'That did not work; it is in the log. Try again in a moment.';

export function serveAdmins(bot: Bot, env: AdminEnv): void {
  const gate = createAccessGate({ ...env, bot: 'admin' });
  bot.use(async (ctx, next) => {
    if (!isFromSomebody(ctx)) return;
    const isPrivateChat = ctx.chat.type === 'private';
    const admission = await gate.admit({ userId: ctx.from.id, chatId: ctx.chat.id, isPrivateChat });
    if (admission.kind === 'admin' && (isPrivateChat || (await isAlertButton(env, ctx)))) {
      ctx.admin = admission.admin;
      leaveWhatIsEdited(env, ctx);
      await guarded(env, ctx, next);
      return;
    }
    await turnAway(env, ctx, admission.kind === 'unauthorized' && admission.isGreeted);
  });
  // Only what the gate let through comes as far as this.
  const served = bot as unknown as Bot<ServedContext>;
  for (const command of commands) {
    served
      .on('message:text')
      .command(command.command, (ctx) => runCommand(env, ctx, { command, words: ctx.match.trim() }));
  }
  served.on('message:text', (ctx) => takeText(env, ctx));
  served.on('message:document', (ctx) => takeDocument(env, ctx));
  served.on('callback_query:data', (ctx) => dispatchButton(env, ctx));
}

/**
 * A message that is edited on an admin's tap shows something else from here on: another order, a list, a question. The
 * refreshes of the order that it showed must not cover that. An order's card is remembered anew by whoever shows it.
 */
function leaveWhatIsEdited(env: AdminEnv, ctx: ServedContext): void {
  ctx.api.config.use(async (call, method, payload, signal) => {
    const answer = await call(method, payload, signal);
    const messageId = 'message_id' in payload ? payload.message_id : undefined;
    if (method === 'editMessageText' && answer.ok && messageId !== undefined) {
      await leaveSentMessage(env, { bot: 'admin', chatId: ctx.chat.id, messageId });
    }
    return answer;
  });
}

function isFromSomebody(ctx: Context): ctx is ServedContext {
  return ctx.from !== undefined && ctx.chat !== undefined && !ctx.from.is_bot;
}

async function isAlertButton(env: AdminEnv, ctx: ServedContext): Promise<boolean> {
  return (ctx.callbackQuery?.data?.startsWith('alert:') ?? false) && env.alertChat.is(ctx.chat.id);
}

async function turnAway(env: AdminEnv, ctx: ServedContext, isGreeted: boolean): Promise<void> {
  try {
    if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery();
    else if (isGreeted) await ctx.reply(unauthorizedText);
  } catch (error) {
    if (!isTelegramError(error)) throw error;
    env.log.warn('unauthorized user not answered', { bot: 'admin', reason: readGrammyError(error).kind });
  }
}

/** The boundary: an admin always hears when something failed, and the log says what, without what Telegram was sent. */
async function guarded(env: AdminEnv, ctx: ServedContext, next: () => Promise<void>): Promise<void> {
  try {
    await next();
  } catch (error) {
    const facts = { bot: 'admin', updateId: ctx.update.update_id, adminId: ctx.from.id };
    if (isTelegramError(error)) {
      const outcome = readGrammyError(error);
      env.log.warn('reply not sent', { ...facts, reason: 'reason' in outcome ? outcome.reason : outcome.kind });
      if (outcome.kind !== 'refused') return;
    } else env.log.error('update failed', facts, error);
    await apologize(env, ctx);
  }
}

async function apologize(env: AdminEnv, ctx: ServedContext): Promise<void> {
  try {
    if (ctx.callbackQuery !== undefined) await ctx.answerCallbackQuery({ text: failureText });
    else await ctx.reply(failureText);
  } catch (error) {
    env.log.warn('reply not sent', { bot: 'admin', reason: readGrammyError(error).kind });
  }
}
