import { findCase, listCasePage } from '#cases/read-cases.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { answerCallback, editView, outOfDate, replyView } from '../../kit/replies.ts';
import { adminName } from '../../telegram/admin-name.ts';
import { type CallbackOf, encodeCallback } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { handleAlertButton } from './alert-buttons.ts';
import { alertCard } from './alert-card-view.ts';
import { alertList } from './alert-list-view.ts';

export async function runAlerts(env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, await drawAlerts(env, null));
}

export async function onAlertsButton(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'alerts'>,
): Promise<void> {
  await editView(ctx, await drawAlerts(env, callback.position));
  await answerCallback(ctx);
}

async function drawAlerts(env: AdminEnv, position: CallbackOf<'alerts'>['position']): Promise<View> {
  return alertList(
    await listCasePage(env, { filter: { show: 'alerts' }, position, size: pageSize }),
    env.presentation(),
  );
}

export async function onAlertViewButton(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'alert_view'>,
): Promise<void> {
  const isShown = await showInList(env, ctx, callback.id);
  await answerCallback(ctx, isShown ? '' : outOfDate);
}

async function showInList(env: AdminEnv, ctx: CallbackContext, alertId: string): Promise<boolean> {
  const alert = await findCase(env, alertId);
  if (alert === undefined) return false;
  await editView(ctx, alertCard(alert, { ...env.presentation(), place: 'list' }));
  return true;
}

/** From the list, the message tapped is drawn anew; the pager's card is brought up to date by the outbox alone. */
export async function onAlertButton(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'alert'>): Promise<void> {
  const buttons = ctx.chat.type === 'private' ? 'full' : 'plain';
  const result = await handleAlertButton(env, {
    data: encodeCallback(callback),
    adminId: ctx.from.id,
    adminName: adminName(ctx.from),
    chatId: ctx.chat.id,
    buttons,
  });
  if (callback.place === 'list') await showInList(env, ctx, callback.id);
  if (result.reply !== undefined) await replyView(ctx, result.reply);
  const toast = result.follow === undefined ? '' : await env.navigate({ reply: ctx }, result.follow);
  await answerCallback(ctx, result.toast === '' ? toast : result.toast);
}
