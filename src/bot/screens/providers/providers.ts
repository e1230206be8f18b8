import { isProviderName, providerNames, providerTitle } from '#kernel/provider-name.ts';
import { readProviderReports } from '#reports/provider-report.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
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

export async function onProvidersButton(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  await answerCallback(ctx, 'As of now.');
}

export async function onProviderButton(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'provider'>,
): Promise<void> {
  const { act, provider } = callback;
  if (!env.recentRequests.isFirst(`provider:${act}:${provider}`)) {
    await answerCallback(ctx, 'That was done a moment ago.');
    return;
  }
  const toast = await carryOutProviderButton(env, { act, provider, adminId: ctx.from.id });
  await editView(ctx, await drawProviders(env, knownSetUp(env)));
  await answerCallback(ctx, toast);
}
