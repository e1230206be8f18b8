import { isProviderName, providerNames, providerTitle } from '#kernel/provider-name.ts';
import { readProviderReports } from '#reports/provider-report.ts';
import { actingAdmin, type TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { carryOutProviderButton } from '../../wording/provider-buttons.ts';
import { askExit } from './exit.ts';
import { providersView } from './providers-view.ts';
import { type DrawSetUp, knownSetUp, replyWithSetUp } from './set-up.ts';

export async function runProviders(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
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
  providersView(await readProviderReports(env), { ...env.presentation(), setUp });

export const onProvidersButton: OnButton = async (env, ctx) => {
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  return 'As of now.';
};

export const onProviderButton: OnButton<'provider'> = async (env, ctx, callback) => {
  const { act, provider } = callback;
  if (!env.recentRequests.isFirst(`provider:${act}:${provider}`)) {
    return 'That was done a moment ago.';
  }
  const toast = await carryOutProviderButton(env, { act, provider, actor: actingAdmin(ctx).actor });
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  return toast;
};
