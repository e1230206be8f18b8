// The buttons of every question: what they carry out is found by the name of the action that waits.

import { consumeAction, replacedAction } from '#access/pending-actions.ts';
import { onWriteReasonButton, reasonOf, tellReplaced } from '../kit/reason-dialogue.ts';
import { onDismissButton, outOfDate } from '../kit/replies.ts';
import { defineScreen, type OnButton } from '../kit/screen.ts';

/** The second tap. The action is taken from the database once: a double tap finds nothing the second time. */
const onConfirmButton: OnButton<'confirm'> = async (env, ctx, callback) => {
  const pending = await consumeAction(env, { id: callback.pendingId, adminId: ctx.from.id });
  if (pending?.action === replacedAction) return tellReplaced(ctx, pending);
  const reason = pending && reasonOf(pending, callback.choice);
  return pending === undefined || reason === undefined ? outOfDate : env.carryOut(ctx, { pending, reason });
};

export const dialogues = defineScreen({
  buttons: {
    confirm: { permission: 'bot.use', run: onConfirmButton },
    write_reason: { permission: 'bot.use', run: onWriteReasonButton },
    dismiss: { permission: 'bot.use', run: onDismissButton },
  },
});
