import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import { listDeadLetters, redriveDeadLetter } from '#messaging/dead-letters.ts';
import type { AdminEnv, BotCommand, CallbackContext } from '../../kit/env.ts';
import { confirmMinutes, discardQuestion } from '../../kit/questions.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import type { CallbackOf, DeadLetterAct, DeadQueue } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import {
  type DeadLetter,
  deadLetterCard,
  deadLetterList,
  letterOfEvent,
  letterOfMessage,
  lettersShownMax,
} from './dead-letters-view.ts';

const settled = 'It was settled already.';

export const deadLetterCommands: readonly BotCommand[] = [
  {
    command: 'deadletters',
    usage: '',
    description: 'what was given up on',
    run: async (env, ctx) => {
      await replyView(ctx, await drawLetters(env));
    },
  },
];

export async function drawLetters(env: AdminEnv): Promise<View> {
  const found = await listDeadLetters(env, { limit: lettersShownMax + 1 });
  const letters = [...found.inbox.map(letterOfEvent), ...found.outbox.map(letterOfMessage)];
  letters.sort((left, right) => (right.row.abandonedAt ?? 0) - (left.row.abandonedAt ?? 0));
  return deadLetterList(letters, env.presentation());
}

export async function tapDeadList(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  await editView(ctx, await drawLetters(env));
  await answerCallback(ctx);
}

export async function tapDead(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'dead'>): Promise<void> {
  const letter = await findLetter(env, callback);
  if (letter === undefined) {
    await editView(ctx, await drawLetters(env));
    await answerCallback(ctx, settled);
    return;
  }
  await answerCallback(ctx, await actions[callback.act](env, ctx, letter));
}

const actions: Readonly<
  Record<DeadLetterAct, (env: AdminEnv, ctx: CallbackContext, letter: DeadLetter) => Promise<string>>
> = {
  async show(env, ctx, letter) {
    await editView(ctx, deadLetterCard(letter, env.presentation()));
    return '';
  },
  async redrive(env, ctx, letter) {
    const actor = adminActor(ctx.from.id);
    const result = await redriveDeadLetter(env, { queue: letter.queue, id: letter.row.id, actor });
    await editView(ctx, await drawLetters(env));
    return result.kind === 'redriven' ? 'It is on its way again.' : settled;
  },
  async discard(env, ctx, letter) {
    const { queue, row, what } = letter;
    const pending = await proposeAction(env, {
      adminId: ctx.from.id,
      action: 'dead_letter.discard',
      payload: { queue, id: row.id },
      forMs: confirmMinutes * minute,
    });
    await editView(ctx, discardQuestion({ what, queue, id: row.id, pendingId: pending.id }));
    return '';
  },
};

/** Undefined when it is no dead letter any more. */
async function findLetter(env: AdminEnv, wanted: { queue: DeadQueue; id: string }): Promise<DeadLetter | undefined> {
  return env.database.read(async (stores) => {
    if (wanted.queue === 'inbox') {
      const event = await stores.inbox.find(wanted.id);
      return event === undefined || !isDead(event) ? undefined : letterOfEvent(event);
    }
    const message = await stores.outbox.find(wanted.id);
    return message === undefined || !isDead(message) ? undefined : letterOfMessage(message);
  });
}

function isDead(row: { abandonedAt: number | null; processedAt: number | null }): boolean {
  return row.abandonedAt !== null && row.processedAt === null;
}
