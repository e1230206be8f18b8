// The table of scheduled jobs: a job is a verb of the domain and a row here. Every verb works in bounded batches and returns
// how many it did. Inbox and outbox are not here, because their workers claim due rows by themselves.
import { pendingActionRetention } from '#access/pending-actions.ts';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { createCountDays } from '#accounting/daily-sums/count-days.ts';
import { recountDays } from '#accounting/daily-sums/recount-days.ts';
import { fetchFees } from '#accounting/fees/fetch-fees.ts';
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { watchDeadLetters } from '#cases/dead-letter-cases.ts';
import { caseRetention } from '#cases/prune-cases.ts';
import { reportStuckJobs, type StuckJob } from '#cases/report-stuck-jobs.ts';
import { retireCases } from '#cases/retire-cases.ts';
import { wakeCases } from '#cases/snooze-case.ts';
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { pruneAll, type Retention } from '#kernel/retention.ts';
import { inboxRetention, outboxRetention } from '#messaging/queues/retention.ts';
import { indexOrders } from '#orders/index-orders.ts';
import type { CatchUp } from '#payments/availability/catch-up.ts';
import { outageRetention } from '#payments/availability/finish-outage.ts';
import type { WatchProviders } from '#payments/availability/watch-providers.ts';
import type { WatchShop } from '#payments/availability/watch-shop.ts';
import { waitingReturnRetention } from '#payments/channels/return-channel-order.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import { idempotencyRetention } from '#payments/collect/place-order.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { AskEachPayment } from '#payments/reconciliation/ask-each-payment.ts';
import { reconcileAll } from '#payments/reconciliation/reconcile-all.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import { reconciliationRetention } from '#payments/reconciliation/reconciliation-runs.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { WatchClock } from '#payments/sync/watch-clock.ts';
import type { WatchWebhooks } from '#payments/webhooks/watch-webhooks.ts';
import type { Timing } from './plan.ts';

export interface Job {
  name: string;
  timing: Timing;
  /** A run that takes longer has its signal aborted and counts as timed out. */
  timeoutMs: Milliseconds;
  /** Counts of what was done; a run that did nothing has only zeros. */
  run(signal: AbortSignal): Promise<JsonObject>;
}

export interface JobsDeps {
  payments: DomainDeps;
  reconcile: ReconcileProvider;
  askEachPayment: AskEachPayment;
  /** IANA name: the time zone of the days that are closed. */
  timeZone: string;
  watch: WatchProviders;
  catchUp: CatchUp;
  watchWebhooks: WatchWebhooks;
  watchShop: WatchShop;
  watchClock: WatchClock;
  /** The jobs of this table that do not do their work. */
  stuckJobs(): readonly StuckJob[];
}

const pollLimit = 50;
const expireLimit = 200;
const wakeLimit = 100;
const retireLimit = 1_000;
/** A million orders are done within an hour or two. */
const indexLimit = 100_000;
/** Days that one run catches up; the next run goes on. */
const closeDaysMax = 10;
const retentions: readonly Retention<PaymentStores>[] = [
  inboxRetention,
  outboxRetention,
  pendingActionRetention,
  idempotencyRetention,
  reconciliationRetention,
  caseRetention,
  outageRetention,
  waitingReturnRetention,
];

export function createJobs(deps: JobsDeps): Job[] {
  const { payments } = deps;
  const countDays = createCountDays(payments, deps);
  return [
    {
      name: 'watch-clock',
      timing: { everyMs: 5 * second },
      timeoutMs: minute,
      run: () => deps.watchClock(),
    },
    {
      name: 'watch-jobs',
      timing: { everyMs: minute },
      timeoutMs: minute,
      run: () => reportStuckJobs(payments, deps.stuckJobs()),
    },
    {
      name: 'poll-payments',
      // Each payment has a time when its next poll is due; the job finds it within two seconds.
      timing: { everyMs: 2 * second },
      timeoutMs: minute,
      run: (signal) => pollPayments(payments, { limit: pollLimit, signal }),
    },
    {
      name: 'follow-refunds',
      timing: { everyMs: 5 * second },
      timeoutMs: 2 * minute,
      run: (signal) => followRefunds(payments, { limit: pollLimit, signal }),
    },
    {
      name: 'expire-orders',
      timing: { everyMs: 30 * second },
      timeoutMs: minute,
      run: () => expireOrders(payments, { limit: expireLimit }),
    },
    {
      name: 'watch-providers',
      timing: { everyMs: 5 * second },
      timeoutMs: 2 * minute,
      run: (signal) => deps.watch({ signal }),
    },
    {
      name: 'catch-up',
      timing: { everyMs: 5 * second },
      // Longer than fetching the payments of one provider and reconciling with it; each has a time limit of its own.
      timeoutMs: hour / 2,
      run: (signal) => deps.catchUp({ signal }),
    },
    {
      name: 'watch-webhooks',
      timing: { everyMs: minute },
      // Missing webhooks may lead to a comparison with the provider's list.
      timeoutMs: hour / 2,
      run: (signal) => deps.watchWebhooks({ signal }),
    },
    {
      name: 'watch-shop',
      timing: { everyMs: 15 * second },
      timeoutMs: minute,
      run: () => deps.watchShop(),
    },
    {
      name: 'watch-dead-letters',
      timing: { everyMs: 30 * second },
      timeoutMs: minute,
      run: () => watchDeadLetters(payments),
    },
    {
      name: 'wake-cases',
      timing: { everyMs: 30 * second },
      timeoutMs: 30 * second,
      run: () => wakeCases(payments, { limit: wakeLimit }),
    },
    {
      name: 'retire-cases',
      timing: { everyMs: hour },
      timeoutMs: minute,
      run: () => retireCases(payments, { limit: retireLimit }),
    },
    {
      name: 'reconcile',
      timing: { everyMs: hour },
      timeoutMs: hour / 2,
      run: (signal) => reconcileAll({ ...deps, ...payments }, signal),
    },
    {
      name: 'fetch-fees',
      // Before the day is closed, and after the providers have closed their own.
      timing: { dailyAt: '03:20' },
      timeoutMs: hour / 2,
      run: async (signal) => ({ ...(await fetchFees(payments, { signal })) }),
    },
    {
      name: 'close-days',
      // Every hour, so that a day that had to wait for an unavailable provider is closed soon after.
      timing: { everyMs: hour },
      timeoutMs: hour / 2,
      run: async (signal) => ({
        ...(await closeDueDays(payments, { timeZone: deps.timeZone, daysMax: closeDaysMax, signal })),
      }),
    },
    {
      name: 'index-orders',
      timing: { everyMs: 10 * minute },
      timeoutMs: 10 * minute,
      run: (signal) => indexOrders(payments, { limit: indexLimit, signal }),
    },
    {
      name: 'count-days',
      // What has changed since is corrected whenever somebody looks.
      timing: { everyMs: 10 * second },
      timeoutMs: 10 * minute,
      run: async (signal) => ({ ...(await countDays(signal)) }),
    },
    {
      name: 'recount-days',
      timing: { dailyAt: '04:10' },
      timeoutMs: hour / 2,
      run: (signal) => recountDays(payments, { signal }),
    },
    {
      name: 'prune',
      timing: { dailyAt: '04:40' },
      timeoutMs: 10 * minute,
      run: (signal) => pruneAll(payments, { retentions, signal }),
    },
  ];
}
