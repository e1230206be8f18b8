import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { healthView } from './health-view.ts';
import { drawProviders } from './providers.ts';
import { checkSetUpNow, type DrawSetUp, knownSetUp, replyWithSetUp } from './set-up.ts';

const drawHealth: DrawSetUp = async (env, setUp) =>
  healthView(await env.readHealth(), { ...env.presentation(), setUp });

export const onHealthButton: OnButton = async (env, ctx) => {
  await editView(ctx, await drawHealth(env, knownSetUp(env)));
  return 'As of now.';
};

export const onSetUpButton: OnButton<'set_up'> = (env, ctx, callback) =>
  checkSetUpNow(env, ctx, callback.place === 'health' ? drawHealth : drawProviders);

export function runHealth(env: AdminEnv, ctx: TextContext): Promise<void> {
  return replyWithSetUp(env, ctx, drawHealth);
}
