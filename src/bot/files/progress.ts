import { type Milliseconds, second } from '#kernel/clock.ts';
import type { AdminEnv } from '../kit/env.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import { messageOptions } from '../telegram/grammy-sender.ts';
import type { View } from '../text/view.ts';

/** Telegram takes about twenty edits a minute in one chat. */
const editEveryMs: Milliseconds = 3 * second;

/** Edits one message no more often than Telegram likes; what comes in between is left out, the end never is. */
export function createProgress(
  env: AdminEnv,
  where: { chatId: number; messageId: number },
): { show(view: View): void; finish(view: View): Promise<void> } {
  let lastEditAt = env.clock.elapsed();
  let inFlight: Promise<void> | undefined;

  async function edit(view: View): Promise<void> {
    try {
      await env.api.editMessageText(where.chatId, where.messageId, view.text, messageOptions(view));
    } catch (error) {
      const outcome = readGrammyError(error);
      if (outcome.kind !== 'not_modified') env.log.warn('progress not shown', { outcome: outcome.kind });
    }
  }

  return {
    show(view) {
      const now = env.clock.elapsed();
      if (inFlight !== undefined || now - lastEditAt < editEveryMs) return;
      lastEditAt = now;
      inFlight = edit(view).finally(() => {
        inFlight = undefined;
      });
    },
    async finish(view) {
      await inFlight;
      await edit(view);
    },
  };
}
