import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { AdminEnv } from '../kit/env.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import { messageOptions } from '../telegram/grammy-sender.ts';
import type { SendOutcome } from '../telegram/telegram.ts';
import type { View } from '../text/view.ts';

/** Telegram takes about twenty edits a minute in one chat. */
const editEveryMs: Milliseconds = 3 * second;
const endTriesMax = 10;
const endWaitMaxMs: Milliseconds = minute;
/** No edit is on its way to Telegram for longer. */
const onItsWayMaxMs: Milliseconds = minute;

/** Edits one message no more often than Telegram likes; what comes in between is left out, the end never is. */
export function createProgress(
  env: AdminEnv,
  where: { chatId: number; messageId: number },
): { show(view: View): void; finish(view: View): Promise<void> } {
  let lastEditAt = env.clock.elapsed();
  let inFlight: Promise<SendOutcome> | undefined;
  let hadNoAnswer = false;

  async function edit(view: View): Promise<SendOutcome> {
    try {
      await env.api.editMessageText(where.chatId, where.messageId, view.text, messageOptions(view));
      return { kind: 'sent', messageId: where.messageId };
    } catch (error) {
      const outcome = readGrammyError(error);
      hadNoAnswer ||= outcome.kind === 'unreachable';
      if (outcome.kind !== 'not_modified') env.log.warn('progress not shown', { outcome: outcome.kind });
      return outcome;
    }
  }

  /** Somebody waits for the end: it is tried for some minutes, and comes as a new message where the old one is gone. */
  async function showEnd(view: View): Promise<void> {
    for (let attempt = 1; attempt <= endTriesMax && !env.stopping.aborted; attempt += 1) {
      const outcome = await edit(view);
      if (outcome.kind === 'gone') {
        await env.api.sendMessage(where.chatId, view.text, messageOptions(view));
        return;
      }
      if (outcome.kind !== 'unreachable' && outcome.kind !== 'slow_down') return;
      const askedMs = outcome.kind === 'slow_down' ? outcome.retryAfterMs : 0;
      await env.clock.pause(Math.min(Math.max(askedMs, editEveryMs), endWaitMaxMs), env.stopping);
    }
  }

  /** An edit without an answer may arrive after the last one, and would stay. */
  async function showEndAgain(view: View): Promise<void> {
    await env.clock.pause(onItsWayMaxMs, env.stopping);
    if (!env.stopping.aborted) await edit(view);
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
      await showEnd(view);
      if (hadNoAnswer) env.background(showEndAgain(view));
    },
  };
}
