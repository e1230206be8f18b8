import type { AdminEnv, CallbackContext, TapHandlers } from '../kit/env.ts';
import { tapWriteReason } from '../kit/reasons.ts';
import { answerCallback, tapDismiss } from '../kit/replies.ts';
import { outOfDate } from '../kit/result-texts.ts';
import { tapBook, tapBooks } from '../screens/accounting/books.ts';
import { tapAlert, tapAlerts, tapAlertView } from '../screens/cases/alerts.ts';
import { tapException, tapResolve } from '../screens/cases/exception-cards.ts';
import { tapExceptionAges, tapExceptionKinds, tapExceptions } from '../screens/cases/exceptions.ts';
import { tapCoupons } from '../screens/channels/coupons.ts';
import { tapProduct, tapProducts } from '../screens/channels/products.ts';
import { tapHoldLimit, tapSettings } from '../screens/channels/settings.ts';
import { tapDead, tapDeadList } from '../screens/operations/dead-letters.ts';
import { tapOrder, tapOrders } from '../screens/orders/orders.ts';
import { tapHealth, tapSetUp, tapStats } from '../screens/providers/health.ts';
import { tapProvider, tapProviders } from '../screens/providers/providers.ts';
import { tapReconcile } from '../screens/providers/reconcile.ts';
import { tapRefund } from '../screens/refunds/refunds.ts';
import { type CallbackData, decodeCallback } from '../text/callback-data.ts';
import { tapConfirm } from './confirm.ts';

export const tapHandlers: TapHandlers = {
  alert: tapAlert,
  alerts: tapAlerts,
  alert_view: tapAlertView,
  order: tapOrder,
  orders: tapOrders,
  confirm: tapConfirm,
  write_reason: tapWriteReason,
  refund: tapRefund,
  exceptions: tapExceptions,
  exception_kinds: tapExceptionKinds,
  exception_ages: tapExceptionAges,
  exception: tapException,
  resolve: tapResolve,
  stats: tapStats,
  books: tapBooks,
  book: tapBook,
  reconcile: tapReconcile,
  dead: tapDead,
  dead_list: tapDeadList,
  products: tapProducts,
  product: tapProduct,
  settings: tapSettings,
  hold_limit: tapHoldLimit,
  coupons: tapCoupons,
  dismiss: tapDismiss,
  providers: tapProviders,
  provider: tapProvider,
  health: tapHealth,
  set_up: tapSetUp,
};

/** Carries a tap out; what does not decode is stale or forged, and does nothing. */
export async function dispatchTap(env: AdminEnv, ctx: CallbackContext): Promise<void> {
  const callback = decodeCallback(ctx.callbackQuery.data);
  if (callback === undefined) await answerCallback(ctx, outOfDate);
  else await handlerOf(callback)(env, ctx, callback);
}

/** The handler at a tap's kind takes taps of that kind: the type of `tapHandlers` says so for each of them. */
function handlerOf(
  callback: CallbackData,
): (env: AdminEnv, ctx: CallbackContext, callback: CallbackData) => Promise<void> {
  return tapHandlers[callback.kind] as (env: AdminEnv, ctx: CallbackContext, callback: CallbackData) => Promise<void>;
}
