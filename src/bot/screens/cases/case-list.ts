// `/alerts` and `/exceptions` are one list under two filters. It is edited in place, into cards and back.
import { decisionKinds } from '#cases/case.ts';
import { type CaseFilter, countLiveCases, listCasePage } from '#cases/read-cases.ts';
import type { PagePosition, TimedKey } from '#kernel/page.ts';
import type { CallbackContext } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv, PlainDeps } from '../../kit/env.ts';
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

export async function openExceptions(env: AdminEnv, at: At, to: DestinationOf<'exceptions'>): Promise<string> {
  await showView(at, await drawCases(env, to.filter ?? 'all'));
  return '';
}

/** The first page without the buttons that only the command bot serves; one leads there. */
export async function drawPlainCases(deps: PlainDeps, to: DestinationOf<'exceptions'>): Promise<View> {
  const { filter = 'all' } = to;
  const page = await listCasePage(deps, { filter, position: null, size: pageSize });
  const counts = await countLiveCases(deps);
  const { text } = caseList({ page, counts }, { now: deps.clock.now(), timeZone: deps.timeZone, filter });
  const commandBot = deps.commandBot();
  const url = `https://t.me/${commandBot}?start=${exceptionsWord}${filter}`;
  return { text, keyboard: commandBot === null ? [] : [[{ text: 'Open the list', url }]] };
}

const exceptionsWord = 'exceptions-';

/** What a word behind `/start` names that leads here. */
export function readExceptionsWord(word: string): DestinationOf<'exceptions'> | undefined {
  const name = word.startsWith(exceptionsWord) ? word.slice(exceptionsWord.length) : '';
  const filter = decisionKinds.find((kind) => kind === name);
  if (filter !== undefined) return { screen: 'exceptions', filter };
  return name === 'all' ? { screen: 'exceptions' } : undefined;
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
