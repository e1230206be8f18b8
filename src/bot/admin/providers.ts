import { isProviderName, providerNames, providerTitle } from '#kernel/provider-name.ts';
import { readProviderReports } from '#reports/provider-report.ts';
import type { TapOf } from '../callback-data.ts';
import { carryOutProviderTap } from '../provider-taps.ts';
import { show } from '../views/html.ts';
import { providersView } from '../views/providers.ts';
import type { View } from '../views/view.ts';
import type { AdminEnv, BotCommand, TapContext, TextContext } from './env.ts';
import { askExit } from './export.ts';
import { answerTap, editView, replyView } from './replies.ts';
import { type DrawSetUp, knownSetUp, replyWithSetUp } from './set-up.ts';

export const providerCommands: readonly BotCommand[] = [
  { command: 'providers', usage: '[exit NAME]', description: 'how each provider is doing', run: runProviders },
];

async function runProviders(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const [word = '', name = ''] = words.toLowerCase().split(/\s+/);
  if (word === '') await replyWithSetUp(env, ctx, drawProviders);
  else if (word === 'exit' && isProviderName(name)) await replyView(ctx, await askExit(env, { ctx, provider: name }));
  else await replyView(ctx, exitUsage(name));
}

function exitUsage(name: string): View {
  const unknown = name === '' ? '' : `There is no provider ${show(name, 40)}. `;
  const names = providerNames.map((known) => `<code>/providers exit ${known}</code> (${providerTitle(known)})`);
  return { text: `${unknown}Hands out everything that is known of a provider:\n${names.join('\n')}`, keyboard: [] };
}

export const drawProviders: DrawSetUp = async (env, setUp) =>
  providersView(await readProviderReports(env), { ...env.look(), setUp });

export async function tapProviders(env: AdminEnv, ctx: TapContext): Promise<void> {
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  await answerTap(ctx, 'As of now.');
}

export async function tapProvider(env: AdminEnv, ctx: TapContext, tap: TapOf<'provider'>): Promise<void> {
  const { act, provider } = tap;
  if (!env.recentTaps.isFirst(`provider:${act}:${provider}`)) {
    await answerTap(ctx, 'That was done a moment ago.');
    return;
  }
  const toast = await carryOutProviderTap(env, { act, provider, adminId: ctx.from.id });
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  await answerTap(ctx, toast);
}
