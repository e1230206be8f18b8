// The admin's next message is an answer. The message that asked for it asks no more once it has come; a wrong one is told
// what is right, and the next one is waited for.
import type { PendingAction } from '#access/access-store.ts';
import { awaitReason, proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import { messageOptions } from '../telegram/grammy-sender.ts';
import type { CallbackData } from '../text/callback-data.ts';
import type { View } from '../text/view.ts';
import type { TextContext } from './contexts.ts';
import type { At } from './destinations.ts';
import type { AdminEnv } from './env.ts';
import { contextOf, showView } from './navigate.ts';
import { questionOver, reasonMinutes } from './reason-question.ts';
import { replyText } from './replies.ts';
import type { Answer } from './screen.ts';

export const answerForMs = reasonMinutes * minute;

/** Shows what asks for the answer, and remembers where. */
export async function showAwaited(
  env: AdminEnv,
  at: At,
  asked: { pendingId: string; asking: View; answered: View },
): Promise<void> {
  const messageId = await showView(at, asked.asking);
  if (messageId === undefined) return;
  const { pendingId, answered } = asked;
  env.awaitedAnswers.set(contextOf(at).from.id, { pendingId, messageId, answered });
}

/** The admin's next message is the value of this action: a screen has what takes it, under the action's name. */
export async function awaitTypedValue(
  env: AdminEnv,
  at: At,
  asked: { action: string; payload: JsonObject; asking: View; back: CallbackData },
): Promise<void> {
  const { action, payload, asking, back } = asked;
  const adminId = contextOf(at).from.id;
  const { id: pendingId } = await proposeAction(env, { adminId, action, payload, forMs: answerForMs });
  await awaitReason(env, { id: pendingId, adminId, forMs: answerForMs });
  await showAwaited(env, at, {
    pendingId,
    asking,
    answered: questionOver(undefined, { back, because: answeredBelow }),
  });
}

export const answeredBelow = 'Answered below.';

/** The message that asked for the answer shows that it has come. */
export async function tellAnswered(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<void> {
  const asked = env.awaitedAnswers.get(ctx.from.id);
  if (asked?.pendingId !== waiting.id) return;
  env.awaitedAnswers.delete(ctx.from.id);
  const { messageId, answered } = asked;
  try {
    await ctx.api.editMessageText(ctx.chat.id, messageId, answered.text, messageOptions(answered));
  } catch (error) {
    if (!isTelegramError(error)) throw error;
    env.log.warn('answered question not edited', { bot: 'admin', reason: readGrammyError(error).kind });
  }
}

/** Says what is right, and that the next message is waited for. */
export async function tellWrong(ctx: TextContext, whatIsRight: string): Promise<Answer> {
  await replyText(ctx, `${whatIsRight} I am still waiting for it: write it again.`);
  return 'wrong';
}
