import { outOfDate } from '../alert-taps.ts';
import { decodeTap, type Tap } from '../callback-data.ts';
import { tapAlert, tapAlerts, tapAlertView } from './alerts.ts';
import { tapBook, tapBooks } from './books.ts';
import { tapConfirm } from './confirm.ts';
import { tapCoupons } from './coupons.ts';
import { tapDead, tapDeadList } from './dead-letters.ts';
import type { AdminEnv, TapContext, TapHandlers } from './env.ts';
import { tapException, tapResolve } from './exception-cards.ts';
import { tapExceptionAges, tapExceptionKinds, tapExceptions } from './exceptions.ts';
import { tapOrder, tapOrders } from './orders.ts';
import { tapProduct, tapProducts } from './products.ts';
import { tapProvider, tapProviders } from './providers.ts';
import { tapWriteReason } from './reasons.ts';
import { tapReconcile } from './reconcile.ts';
import { tapRefund } from './refunds.ts';
import { answerTap, tapDismiss } from './replies.ts';
import { tapHealth, tapSetUp, tapStats } from './reports.ts';
import { tapHoldLimit, tapSettings } from './settings.ts';

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
export async function dispatchTap(env: AdminEnv, ctx: TapContext): Promise<void> {
  const tap = decodeTap(ctx.callbackQuery.data);
  if (tap === undefined) await answerTap(ctx, outOfDate);
  else await handlerOf(tap)(env, ctx, tap);
}

/** The handler at a tap's kind takes taps of that kind: the type of `tapHandlers` says so for each of them. */
function handlerOf(tap: Tap): (env: AdminEnv, ctx: TapContext, tap: Tap) => Promise<void> {
  return tapHandlers[tap.kind] as (env: AdminEnv, ctx: TapContext, tap: Tap) => Promise<void>;
}
