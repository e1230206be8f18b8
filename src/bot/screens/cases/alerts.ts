import { findCase, listCasePage } from '#cases/read-cases.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { editView, outOfDate, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { adminName } from '../../telegram/admin-name.ts';
import { type CallbackOf, encodeCallback } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { handleAlertButton } from './alert-buttons.ts';
import { alertCard } from './alert-card-view.ts';
import { alertList } from './alert-list-view.ts';

export async function runAlerts(env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, await drawAlerts(env, null));
}

export const onAlertsButton: OnButton<'alerts'> = async (env, ctx, callback) => {
  await editView(ctx, await drawAlerts(env, callback.position));
  return '';
};

async function drawAlerts(env: AdminEnv, position: CallbackOf<'alerts'>['position']): Promise<View> {
  return alertList(
    await listCasePage(env, { filter: { show: 'alerts' }, position, size: pageSize }),
    env.presentation(),
  );
}

export const onAlertViewButton: OnButton<'alert_view'> = async (env, ctx, callback) => {
  const isShown = await showInList(env, ctx, callback.id);
  return isShown ? '' : outOfDate;
};

async function showInList(env: AdminEnv, ctx: CallbackContext, alertId: string): Promise<boolean> {
  const alert = await findCase(env, alertId);
  if (alert === undefined) return false;
  await editView(ctx, alertCard(alert, { ...env.presentation(), place: 'list' }));
  return true;
}

/** From the list, the message tapped is drawn anew; the pager's card is brought up to date by the outbox alone. */
export const onAlertButton: OnButton<'alert'> = async (env, ctx, callback) => {
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
  return result.toast === '' ? toast : result.toast;
};
