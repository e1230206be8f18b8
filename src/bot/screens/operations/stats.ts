import { shopStats } from '#reports/shop-stats.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyText, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { type StatsDays, statsDays } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { shopStatsView } from './stats-view.ts';

export async function runStats(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const days = words === '' ? 7 : statsDays.find((candidate) => `${candidate}d` === words.toLowerCase());
  if (days === undefined) await replyText(ctx, 'One of /stats 7d, /stats 30d, /stats 90d');
  else await replyView(ctx, await drawStats(env, days));
}

async function drawStats(env: AdminEnv, days: StatsDays): Promise<View> {
  const presentation = env.presentation();
  return shopStatsView(await shopStats(env, { days, timeZone: presentation.timeZone }), { ...presentation, days });
}

export const onStatsButton: OnButton<'stats'> = async (env, ctx, callback) => {
  await editView(ctx, await drawStats(env, callback.days));
  return '';
};
