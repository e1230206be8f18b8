// Finds what an update asks for in the table of screens, and carries it out for an admin who is allowed to.

import type { PendingAction } from '#access/access-store.ts';
import { awaitAgain, takeAwaitingAction } from '#access/pending-actions.ts';
import { isAllowed, type Permission } from '#access/permission.ts';
import type { CallbackContext, DocumentContext, TextContext } from '../kit/contexts.ts';
import type { At, Destination } from '../kit/destinations.ts';
import type { AdminEnv } from '../kit/env.ts';
import { contextOf, showView, tellInstead } from '../kit/navigate.ts';
import { takeReason } from '../kit/reason-dialogue.ts';
import { answerCallback, outOfDate, replyText } from '../kit/replies.ts';
import type { Answer, BotCommand, ButtonHandler, Opener } from '../kit/screen.ts';
import { refuseSecret } from '../kit/secret-message.ts';
import { type CallbackData, decodeCallback } from '../text/callback-data.ts';
import { buttonHandlers, confirmations, openers, screens, typedValues } from './screens.ts';

const notAllowed = 'You are not allowed to do this.';

export async function runCommand(
  env: AdminEnv,
  ctx: TextContext,
  { command, words }: { command: BotCommand; words: string },
): Promise<void> {
  if (!isAllowed(ctx.admin, command.permission)) await replyText(ctx, notAllowed);
  else if (env.holdsSecret(words)) await refuseSecret(env, ctx, 'Send the command without it.');
  else await command.run(env, ctx, words);
}

/** Carries out the button that was tapped; what does not decode is stale or forged, and does nothing. */
export async function dispatchButton(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  const callback = decodeCallback(ctx.callbackQuery.data);
  if (callback === undefined) {
    await answerCallback(ctx, outOfDate);
    return;
  }
  const handler = handlerOf(callback);
  const mayRun = isAllowed(ctx.admin, permissionOf(handler.permission, callback));
  await answerCallback(ctx, mayRun ? await handler.run(env, ctx, callback) : notAllowed);
}

interface AnyHandler {
  permission: Permission | Readonly<Record<string, Permission>>;
  run(env: AdminEnv, ctx: CallbackContext, callback: CallbackData): Promise<string>;
}

/** The handler of a kind takes callback data of that kind: the type of the table says so for each of them. */
function handlerOf({ kind }: CallbackData): AnyHandler {
  return buttonHandlers[kind] as ButtonHandler<CallbackData['kind']> as unknown as AnyHandler;
}

function permissionOf(permission: AnyHandler['permission'], callback: CallbackData): Permission {
  if (typeof permission === 'string') return permission;
  const found = 'act' in callback ? permission[callback.act] : undefined;
  if (found === undefined) throw new Error(`a button of the kind ${callback.kind} names no permission`);
  return found;
}

/** Carries out what was confirmed; returns the word for the toast. */
export async function carryOutConfirmed(
  env: AdminEnv,
  ctx: CallbackContext,
  { pending, reason }: { pending: PendingAction; reason: string | null },
): Promise<string> {
  const confirmation = confirmations.get(pending.action);
  if (confirmation === undefined) return outOfDate;
  if (!isAllowed(ctx.admin, confirmation.permission)) return notAllowed;
  return confirmation.carryOut(env, ctx, { payload: pending.payload, reason, pendingId: pending.id });
}

/** Shows another screen; in a group, where only the buttons of alerts are served, a card that has none. */
export async function navigate(env: AdminEnv, at: At, to: Destination): Promise<string> {
  const opener = openers[to.screen] as Opener<Destination['screen']>;
  const ctx = contextOf(at);
  if (!isAllowed(ctx.admin, opener.permission)) return tellInstead(at, notAllowed);
  if (ctx.chat.type === 'private') return opener.open(env, at, to);
  const plain = await opener.plain?.(env, to);
  if (plain === undefined) return elsewhere;
  await showView(at, plain);
  return '';
}

export const elsewhere = 'This is in the private chat with the command bot.';

export function readStartWord(word: string): Destination | undefined {
  for (const screen of screens) {
    const to = screen.readStartWord?.(word);
    if (to !== undefined) return to;
  }
  return undefined;
}

/** Text that is no command: what an action waits for, or an order's number; anything else points to the help. */
export async function takeText(env: AdminEnv, ctx: TextContext): Promise<void> {
  const waiting = await takeAwaitingAction(env, { adminId: ctx.from.id });
  if (waiting !== undefined) {
    if ((await takeAwaited(env, ctx, waiting)) === 'wrong') await awaitAgain(env, waiting);
    return;
  }
  const text = ctx.message.text.trim();
  if (env.holdsSecret(text)) return refuseSecret(env, ctx, 'I was not waiting for one.');
  const to = /^(?:t-|#)\d{1,9}$/i.test(text) ? readStartWord(text) : undefined;
  if (to !== undefined) await env.navigate({ reply: ctx }, to);
  else await replyText(ctx, 'I know commands only: /help. To search, /find TEXT.');
}

async function takeAwaited(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<Answer> {
  const typed = typedValues.get(waiting.action);
  if (typed?.isSecret !== true && env.holdsSecret(ctx.message.text)) {
    await refuseSecret(env, ctx, 'I am still waiting for your answer: write it without the secret.');
    return 'wrong';
  }
  if (typed === undefined) return takeReason(env, ctx, waiting);
  if (isAllowed(ctx.admin, typed.permission)) return typed.take(env, ctx, waiting);
  await replyText(ctx, notAllowed);
  return 'taken';
}

export async function takeDocument(env: AdminEnv, ctx: DocumentContext): Promise<void> {
  const taker = screens.find(({ document }) => document !== undefined)?.document;
  if (taker !== undefined && isAllowed(ctx.admin, taker.permission)) await taker.take(env, ctx);
  else await replyText(ctx, notAllowed);
}
