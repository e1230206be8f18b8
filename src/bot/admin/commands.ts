import { helpView } from '../views/help.ts';
import { alertCommands } from './alerts.ts';
import { deadLetterCommands } from './dead-letters.ts';
import type { AdminEnv, BotCommand, TextContext } from './env.ts';
import { orderCommands, runOrder } from './orders.ts';
import { payCommands } from './pay.ts';
import { reconcileCommands } from './reconcile.ts';
import { replyView } from './replies.ts';
import { reportCommands } from './reports.ts';

/** Every command that an admin has, in the order of the menu. */
export const adminCommands: readonly BotCommand[] = [
  ...orderCommands,
  ...payCommands,
  ...alertCommands,
  ...reportCommands,
  ...reconcileCommands,
  ...deadLetterCommands,
  { command: 'help', usage: '', description: 'what this bot can do', run: runHelp },
  { command: 'start', usage: '', description: 'begin here', run: runStart },
];

/** What somebody who is no admin sees behind the menu button. */
export const strangerCommands: readonly Pick<BotCommand, 'command' | 'description'>[] = [
  { command: 'start', description: 'begin here' },
];

async function runHelp(_env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, helpView(adminCommands));
}

/** A link such as `t.me/…?start=T-1042` opens that order. */
async function runStart(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words !== '') await runOrder(env, ctx, words);
  else await runHelp(env, ctx);
}

/** Text that is no command: an order's number opens the order, anything else points to the help. */
export async function runText(env: AdminEnv, ctx: TextContext): Promise<void> {
  const text = ctx.message.text.trim();
  if (/^(?:t-|#)\d{1,9}$/i.test(text)) await runOrder(env, ctx, text);
  else await replyView(ctx, { text: 'I know commands only: /help. To search, /find TEXT.', keyboard: [] });
}
