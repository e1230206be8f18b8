// The jobs that watch providers, and the one reconciler that they share with the bot.
import type { AwakeTime } from '#kernel/process.ts';
import { type CatchUp, createCatchUp } from '#payments/availability/catch-up.ts';
import { createProviderWatch, type WatchProviders } from '#payments/availability/watch-providers.ts';
import { createShopWatch, type WatchShop } from '#payments/availability/watch-shop.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { type AskEachPayment, createPaymentAsker } from '#payments/reconciliation/ask-each-payment.ts';
import { createReconciler, type ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import { createClockWatch, type WatchClock } from '#payments/sync/watch-clock.ts';
import { createWebhookWatch, type WatchWebhooks } from '#payments/webhooks/watch-webhooks.ts';

export interface Watches {
  reconcile: ReconcileProvider;
  askEachPayment: AskEachPayment;
  watch: WatchProviders;
  catchUp: CatchUp;
  watchWebhooks: WatchWebhooks;
  watchShop: WatchShop;
  watchClock: WatchClock;
}

/** `ending` ends reconciliations in progress: they may take minutes, and the next start compares again. */
export function createWatches(payments: PaymentDeps, input: { awake: AwakeTime; ending: AbortSignal }): Watches {
  const { awake, ending } = input;
  const compare = createReconciler(payments);
  const reconcile: ReconcileProvider = (input) =>
    compare({ ...input, signal: AbortSignal.any([ending, ...(input.signal ? [input.signal] : [])]) });
  return {
    reconcile,
    askEachPayment: createPaymentAsker(payments),
    watch: createProviderWatch(payments),
    catchUp: createCatchUp(payments, { reconcile }),
    watchWebhooks: createWebhookWatch(payments, { reconcile }),
    watchShop: createShopWatch({ ...payments, awake }),
    watchClock: createClockWatch(payments),
  };
}
