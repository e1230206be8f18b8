import { adminActor } from '#access/admin.ts';
import {
  type DeadLetter,
  discardDeadLetter,
  findDeadLetter,
  listDeadLetterPage,
  redriveDeadLetter,
} from '#messaging/queues/dead-letters.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import type { CallbackOf, DeadLetterAct } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { deadLetterCard, deadLetterList, discardQuestion } from './dead-letters-view.ts';

const settled = 'It was settled already.';

export async function runDeadLetters(env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, await drawLetters(env, null));
}

async function drawLetters(env: AdminEnv, position: CallbackOf<'dead_list'>['position']): Promise<View> {
  return deadLetterList(await listDeadLetterPage(env, { position, size: pageSize }), env.presentation());
}

export const onDeadListButton: OnButton<'dead_list'> = async (env, ctx, callback) => {
  await editView(ctx, await drawLetters(env, callback.position));
  return '';
};

export const onDeadButton: OnButton<'dead'> = async (env, ctx, callback) => {
  const letter = await findDeadLetter(env, callback);
  if (letter === undefined) {
    await editView(ctx, await drawLetters(env, null));
    return settled;
  }
  return await actions[callback.act](env, ctx, letter);
};

const actions: Readonly<
  Record<DeadLetterAct, (env: AdminEnv, ctx: CallbackContext, letter: DeadLetter) => Promise<string>>
> = {
  async show(env, ctx, letter) {
    await editView(ctx, deadLetterCard(letter, env.presentation()));
    return '';
  },
  async redrive(env, ctx, { queue, row }) {
    const result = await redriveDeadLetter(env, { queue, id: row.id, actor: adminActor(ctx.from.id) });
    await editView(ctx, await drawLetters(env, null));
    return result.kind === 'redriven' ? 'It is on its way again.' : settled;
  },
  async discard(env, ctx, letter) {
    const view = await askToConfirm(env, {
      adminId: ctx.from.id,
      action: 'dead_letter.discard',
      payload: { queue: letter.queue, id: letter.row.id },
      question: discardQuestion(letter),
    });
    await editView(ctx, view);
    return '';
  },
};

export const confirmDiscard: Confirmed = async (env, ctx, { payload }) => {
  const queue = payload['queue'] === 'inbox' ? 'inbox' : 'outbox';
  const actor = adminActor(ctx.from.id);
  const result = await discardDeadLetter(env, { queue, id: String(payload['id']), actor });
  await editView(ctx, await drawLetters(env, null));
  return result.kind === 'discarded' ? 'Discarded.' : settled;
};
