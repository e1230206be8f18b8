import { findCase } from '#cases/read-cases.ts';
import { actingAdmin, type CallbackContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, outOfDate, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { providerPage } from '../../wording/provider-page.ts';
import { handleAlertButton } from './alert-buttons.ts';
import { alertCard } from './alert-card-view.ts';

export const onAlertViewButton: OnButton<'alert_view'> = async (env, ctx, callback) =>
  (await showInList(env, ctx, callback.id)) ? '' : outOfDate;

/** From the list, the message tapped is drawn anew; the pager's card is brought up to date by the outbox alone. */
export const onAlertButton: OnButton<'alert'> = async (env, ctx, callback) => {
  const result = await handleAlertButton(env, {
    callback,
    by: actingAdmin(ctx),
    buttons: ctx.chat.type === 'private' ? 'full' : 'plain',
  });
  if (callback.place === 'list') await showInList(env, ctx, callback.id);
  if (result.reply !== undefined) await replyView(ctx, result.reply);
  const toast = result.follow === undefined ? '' : await env.navigate({ reply: ctx }, result.follow);
  return result.toast === '' ? toast : result.toast;
};

async function showInList(env: AdminEnv, ctx: CallbackContext, alertId: string): Promise<boolean> {
  const alert = await findCase(env, alertId);
  if (alert === undefined) return false;
  await editView(
    ctx,
    alertCard(alert, { ...env.presentation(), place: 'list', providerUrl: providerPage(env.providers, alert) }),
  );
  return true;
}
