// The buttons of every question: what they carry out is found by the name of the action that waits.

import { consumeAction } from '#access/pending-actions.ts';
import type { CallbackContext } from '../kit/contexts.ts';
import type { AdminEnv } from '../kit/env.ts';
import { onWriteReasonButton, reasonOf } from '../kit/reason-dialogue.ts';
import { answerCallback, onDismissButton, outOfDate } from '../kit/replies.ts';
import { defineScreen } from '../kit/screen.ts';
import type { CallbackOf } from '../text/callback-data.ts';

/** The second tap. The action is taken from the database once: a double tap finds nothing the second time. */
async function onConfirmButton(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'confirm'>): Promise<void> {
  const pending = await consumeAction(env, { id: callback.pendingId, adminId: ctx.from.id });
  const reason = pending && reasonOf(pending, callback.choice);
  if (pending === undefined || reason === undefined) await answerCallback(ctx, outOfDate);
  else await answerCallback(ctx, await env.carryOut(ctx, { pending, reason }));
}

export const dialogues = defineScreen({
  buttons: {
    confirm: { permission: 'bot.use', run: onConfirmButton },
    write_reason: { permission: 'bot.use', run: onWriteReasonButton },
    dismiss: { permission: 'bot.use', run: onDismissButton },
  },
});
