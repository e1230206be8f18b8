import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import { listDeadLetters, redriveDeadLetter } from '#messaging/dead-letters.ts';
import type { DeadQueue, DeadTap, TapOf } from '../callback-data.ts';
import {
  type DeadLetter,
  deadLetterCard,
  deadLetterList,
  letterOfEvent,
  letterOfMessage,
  lettersShownMax,
} from '../views/dead-letters.ts';
import { confirmMinutes, discardQuestion } from '../views/questions.ts';
import type { View } from '../views/view.ts';
import type { AdminEnv, BotCommand, TapContext } from './env.ts';
import { answerTap, editView, replyView } from './replies.ts';

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
  return deadLetterList(letters, env.look());
}

export async function tapDeadList(env: AdminEnv, ctx: TapContext): Promise<void> {
  await editView(ctx, await drawLetters(env));
  await answerTap(ctx);
}

export async function tapDead(env: AdminEnv, ctx: TapContext, tap: TapOf<'dead'>): Promise<void> {
  const letter = await findLetter(env, tap);
  if (letter === undefined) {
    await editView(ctx, await drawLetters(env));
    await answerTap(ctx, settled);
    return;
  }
  await answerTap(ctx, await actions[tap.act](env, ctx, letter));
}

const actions: Readonly<Record<DeadTap, (env: AdminEnv, ctx: TapContext, letter: DeadLetter) => Promise<string>>> = {
  async show(env, ctx, letter) {
    await editView(ctx, deadLetterCard(letter, env.look()));
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
