import { shopStats } from '#reports/shop-stats.ts';
import type { AdminEnv, BotCommand, CallbackContext, TextContext } from '../../kit/env.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import { type CallbackOf, type StatsDays, statsDays } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { nextMidnight } from '../../text/words.ts';
import { shopStatsView } from '../operations/stats-view.ts';
import { healthView } from './health-view.ts';
import { drawProviders } from './providers.ts';
import { type DrawSetUp, knownSetUp, replyWithSetUp, tapCheckNow } from './set-up.ts';

export const reportCommands: readonly BotCommand[] = [
  { command: 'stats', usage: '[7d|30d|90d]', description: 'orders and sums', run: runStats },
  {
    command: 'health',
    usage: '',
    description: 'checks, jobs and queues',
    run: (env, ctx) => replyWithSetUp(env, ctx, drawHealth),
  },
];

async function runStats(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const days = words === '' ? 7 : statsDays.find((candidate) => `${candidate}d` === words.toLowerCase());
  if (days === undefined) await replyView(ctx, { text: 'One of /stats 7d, /stats 30d, /stats 90d', keyboard: [] });
  else await replyView(ctx, await drawStats(env, days));
}

async function drawStats(env: AdminEnv, days: StatsDays): Promise<View> {
  const presentation = env.presentation();
  return shopStatsView(await shopStats(env, { days, until: nextMidnight(presentation) }), { ...presentation, days });
}

export async function tapStats(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'stats'>): Promise<void> {
  await editView(ctx, await drawStats(env, callback.days));
  await answerCallback(ctx);
}

const drawHealth: DrawSetUp = async (env, setUp) =>
  healthView(await env.readHealth(), { ...env.presentation(), setUp });

export async function tapHealth(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  await editView(ctx, await drawHealth(env, knownSetUp(env)));
  await answerCallback(ctx, 'As of now.');
}

export async function tapSetUp(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'set_up'>): Promise<void> {
  await tapCheckNow(env, ctx, callback.place === 'health' ? drawHealth : drawProviders);
}
