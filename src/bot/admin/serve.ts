// Who is served, and what with. Everything below the gate is for admins only: in private all of it, in the alert group
// the buttons of alerts, anywhere else nothing.
import type { Bot, Context } from 'grammy';
import type { AdminEnv, ServedContext } from '../kit/env.ts';
import { takeDocument } from '../screens/channels/sales-import.ts';
import { createAccessGate, unauthorizedText } from '../telegram/access-gate.ts';
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import { adminCommands, runText } from './commands.ts';
import { dispatchTap } from './taps.ts';

const failureText = 'That did not work; it is in the log. Try again in a moment.';

export function serveAdmins(bot: Bot, env: AdminEnv): void {
  const gate = createAccessGate({ ...env, bot: 'admin' });
  bot.use(async (ctx, next) => {
    if (!isFromSomebody(ctx)) return;
    const isPrivateChat = ctx.chat.type === 'private';
    const admission = await gate.admit({ userId: ctx.from.id, chatId: ctx.chat.id, isPrivateChat });
    if (admission.kind === 'admin' && (isPrivateChat || isAlertTap(env, ctx))) {
      await guarded(env, ctx, next);
      return;
    }
    await turnAway(env, ctx, admission.kind === 'unauthorized' && admission.isGreeted);
  });
  for (const { command, run } of adminCommands) {
    bot.on('message:text').command(command, (ctx) => run(env, ctx, ctx.match.trim()));
  }
  bot.on('message:text', (ctx) => runText(env, ctx));
  bot.on('message:document', (ctx) => takeDocument(env, ctx));
  bot.on('callback_query:data', (ctx) => dispatchTap(env, ctx as typeof ctx & ServedContext));
}

function isFromSomebody(ctx: Context): ctx is ServedContext {
  return ctx.from !== undefined && ctx.chat !== undefined && !ctx.from.is_bot;
}

function isAlertTap(env: AdminEnv, ctx: ServedContext): boolean {
  return ctx.chat.id === env.alertChatId && (ctx.callbackQuery?.data?.startsWith('alert:') ?? false);
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
