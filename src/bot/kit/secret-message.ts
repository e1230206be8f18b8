// A secret that stands in a message where none was asked for goes from the chat, and is neither kept nor repeated.
import { isTelegramError, readGrammyError } from '../telegram/grammy-errors.ts';
import type { TextContext } from './contexts.ts';
import type { AdminEnv } from './env.ts';
import { replyText } from './replies.ts';

/** Whether the message is gone from the chat. */
export async function deleteSecret(env: AdminEnv, ctx: TextContext): Promise<boolean> {
  try {
    await ctx.deleteMessage();
    return true;
  } catch (error) {
    if (!isTelegramError(error)) throw error;
    env.log.warn('secret message not deleted', { bot: 'admin', reason: readGrammyError(error).kind });
    return false;
  }
}

/** Says so; `next` is what the admin can do. */
export async function refuseSecret(env: AdminEnv, ctx: TextContext, next: string): Promise<void> {
  const isGone = await deleteSecret(env, ctx);
  const where = isGone ? 'I deleted your message' : 'I could not delete your message: please delete it yourself';
  await replyText(ctx, `Your message had a secret key, token or password in it. ${where}; nothing was kept. ${next}`);
}
