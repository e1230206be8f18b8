import { shopStats } from '#reports/shop-stats.ts';
import { type StatsDays, statsDays, type TapOf } from '../callback-data.ts';
import { healthView } from '../views/health.ts';
import { shopStatsView } from '../views/stats.ts';
import type { View } from '../views/view.ts';
import { nextMidnight } from '../views/words.ts';
import type { AdminEnv, BotCommand, TapContext, TextContext } from './env.ts';
import { drawProviders } from './providers.ts';
import { answerTap, editView, replyView } from './replies.ts';
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
  const look = env.look();
  return shopStatsView(await shopStats(env, { days, until: nextMidnight(look) }), { ...look, days });
}

export async function tapStats(env: AdminEnv, ctx: TapContext, tap: TapOf<'stats'>): Promise<void> {
  await editView(ctx, await drawStats(env, tap.days));
  await answerTap(ctx);
}

const drawHealth: DrawSetUp = async (env, setUp) => healthView(await env.readHealth(), { ...env.look(), setUp });

export async function tapHealth(env: AdminEnv, ctx: TapContext): Promise<void> {
  await editView(ctx, await drawHealth(env, knownSetUp(env)));
  await answerTap(ctx, 'As of now.');
}

export async function tapSetUp(env: AdminEnv, ctx: TapContext, tap: TapOf<'set_up'>): Promise<void> {
  await tapCheckNow(env, ctx, tap.place === 'health' ? drawHealth : drawProviders);
}
