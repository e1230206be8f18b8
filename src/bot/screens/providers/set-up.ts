// The set-up in the chat: what is known is shown at once, and a check that takes some seconds goes on behind it and edits
// the same message at its end.

import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { CallbackContext, ServedContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import { readGrammyError } from '../../telegram/grammy-errors.ts';
import { messageOptions } from '../../telegram/grammy-sender.ts';
import type { View } from '../../text/view.ts';
import type { SetUpState } from './set-up-view.ts';

/** Whoever asks again within this time is shown what was found before. */
const freshMs: Milliseconds = minute;
/** A second tap within this time was meant for the first check. */
const justNowMs: Milliseconds = 5 * second;

/** Draws the view around what is known of the set-up. */
export type DrawSetUp = (env: AdminEnv, setUp: SetUpState) => Promise<View>;

/** Answers a command. */
export async function replyWithSetUp(env: AdminEnv, ctx: TextContext, draw: DrawSetUp): Promise<void> {
  const isRunning = ageOf(env) > freshMs;
  const messageId = await replyView(ctx, await draw(env, { report: env.doctor.latest(), isRunning }));
  if (isRunning) env.background(finishCheck(env, { chatId: ctx.chat.id, messageId, draw }));
}

/** Carries out a tap on "Check now". */
export async function checkSetUpNow(env: AdminEnv, ctx: CallbackContext, draw: DrawSetUp): Promise<string> {
  if (ageOf(env) < justNowMs) {
    await editView(ctx, await draw(env, knownSetUp(env)));
    return 'Checked just now.';
  }
  const messageId = await editView(ctx, await draw(env, { report: env.doctor.latest(), isRunning: true }));
  if (messageId !== undefined) env.background(finishCheck(env, { chatId: ctx.chat.id, messageId, draw }));
  return 'Checking …';
}

export function knownSetUp(env: AdminEnv): SetUpState {
  return { report: env.doctor.latest(), isRunning: false };
}

function ageOf(env: AdminEnv): Milliseconds {
  const report = env.doctor.latest();
  return report === undefined ? Number.POSITIVE_INFINITY : Math.abs(env.clock.now() - report.finishedAt);
}

async function finishCheck(
  env: AdminEnv,
  where: { chatId: ServedContext['chat']['id']; messageId: number; draw: DrawSetUp },
): Promise<void> {
  const { chatId, messageId } = where;
  const report = await env.doctor.examine();
  const view = await where.draw(env, { report, isRunning: false });
  try {
    await env.api.editMessageText(chatId, messageId, view.text, messageOptions(view));
  } catch (error) {
    const outcome = readGrammyError(error);
    if (outcome.kind !== 'not_modified') env.log.warn('set-up not shown', { outcome: outcome.kind });
  }
}
