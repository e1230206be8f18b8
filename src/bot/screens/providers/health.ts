import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { answerCallback, editView } from '../../kit/replies.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import { healthView } from './health-view.ts';
import { drawProviders } from './providers.ts';
import { checkSetUpNow, type DrawSetUp, knownSetUp, replyWithSetUp } from './set-up.ts';

const drawHealth: DrawSetUp = async (env, setUp) =>
  healthView(await env.readHealth(), { ...env.presentation(), setUp });

export async function onHealthButton(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  await editView(ctx, await drawHealth(env, knownSetUp(env)));
  await answerCallback(ctx, 'As of now.');
}

export async function onSetUpButton(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'set_up'>,
): Promise<void> {
  await checkSetUpNow(env, ctx, callback.place === 'health' ? drawHealth : drawProviders);
}

export function runHealth(env: AdminEnv, ctx: TextContext): Promise<void> {
  return replyWithSetUp(env, ctx, drawHealth);
}
