// `/alerts` and `/exceptions` are one list under two filters. It is edited in place, into cards and back.
import { type CaseFilter, countLiveCases, listCasePage } from '#cases/read-cases.ts';
import type { PagePosition, TimedKey } from '#kernel/page.ts';
import type { CallbackContext } from '../../kit/contexts.ts';
import type { At } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { showView } from '../../kit/navigate.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { BotCommand, OnButton } from '../../kit/screen.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { sendAges } from './case-ages.ts';
import { caseKindChoice, caseList } from './case-list-view.ts';

export const runAlerts: BotCommand['run'] = async (env, ctx) => {
  await replyView(ctx, await drawCases(env, 'alerts'));
};

export const runExceptions: BotCommand['run'] = async (env, ctx) => {
  await sendAges(env, ctx);
  await replyView(ctx, await drawCases(env, 'all'));
};

export async function onCasesButton(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'alerts' | 'exceptions'>,
): Promise<string> {
  const filter = callback.kind === 'alerts' ? 'alerts' : callback.filter;
  await editView(ctx, await drawCases(env, filter, callback.position));
  return '';
}

export const onCaseKindsButton: OnButton = async (env, ctx) => {
  await editView(ctx, caseKindChoice(await countLiveCases(env)));
  return '';
};

export async function openExceptions(env: AdminEnv, at: At): Promise<string> {
  await showView(at, await drawCases(env, 'all'));
  return '';
}

async function drawCases(
  env: AdminEnv,
  filter: CaseFilter,
  position: PagePosition<TimedKey> | null = null,
): Promise<View> {
  const page = await listCasePage(env, { filter, position, size: pageSize });
  const counts = filter === 'alerts' ? [] : await countLiveCases(env);
  return caseList({ page, counts }, { ...env.presentation(), filter });
}
