// What time brings about: a job is a verb of the domain and a row here. Every verb works in bounded batches and says how
// many it did. Inbox and outbox are not here, because their workers look after due rows by themselves.

import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { fetchFees } from '#accounting/fees/fetch-fees.ts';
import type { AccountingDeps } from '#accounting/ledger/deps.ts';
import { pruneCases } from '#cases/prune-cases.ts';
import { retireCases } from '#cases/retire-cases.ts';
import { wakeCases } from '#cases/snooze-case.ts';
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { pruneQueues } from '#messaging/prune.ts';
import type { CatchUp } from '#payments/availability/catch-up.ts';
import { pruneOutages } from '#payments/availability/prune-outages.ts';
import type { WatchProviders } from '#payments/availability/watch-providers.ts';
import { pruneChannelOrders } from '#payments/channels/prune-channel-orders.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import { forgetRequests } from '#payments/collect/forget-requests.ts';
import { pruneReconciliations } from '#payments/reconciliation/prune-reconciliations.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { WatchWebhooks } from '#payments/webhooks/watch-webhooks.ts';

export interface Job {
  name: string;
  /** Six fields, seconds first, in the time zone of the configuration. */
  cron: string;
  /** A run that takes longer is told to end, and counts as timed out. */
  timeoutMs: Milliseconds;
  /** Counts of what was done; a run that did nothing has only zeros. */
  run(signal: AbortSignal): Promise<JsonObject>;
}

export interface JobsDeps {
  payments: AccountingDeps;
  reconcile: ReconcileProvider;
  /** IANA name: whose days the books have. */
  timeZone: string;
  watch: WatchProviders;
  catchUp: CatchUp;
  watchWebhooks: WatchWebhooks;
}

const pollLimit = 50;
const expireLimit = 200;
const wakeLimit = 100;
/** Days that one run catches up; the next run goes on. */
const closeDaysMax = 10;
const pruneLimit = 1_000;
/** A prune that has still not caught up after so many batches goes on the next day. */
const pruneBatchesMax = 100;

export function createJobs(deps: JobsDeps): Job[] {
  const { payments } = deps;
  return [
    {
      name: 'poll-payments',
      // Payments say themselves when they are due; this is only how exactly that is kept.
      cron: '*/2 * * * * *',
      timeoutMs: minute,
      run: (signal) => pollPayments(payments, { limit: pollLimit, signal }),
    },
    {
      name: 'follow-refunds',
      cron: '*/5 * * * * *',
      timeoutMs: 2 * minute,
      run: (signal) => followRefunds(payments, { limit: pollLimit, signal }),
    },
    {
      name: 'expire-orders',
      cron: '*/30 * * * * *',
      timeoutMs: minute,
      run: () => expireOrders(payments, { limit: expireLimit }),
    },
    {
      name: 'watch-providers',
      cron: '*/5 * * * * *',
      timeoutMs: 2 * minute,
      run: (signal) => deps.watch({ signal }),
    },
    {
      name: 'catch-up',
      cron: '*/5 * * * * *',
      // Longer than the looks and the comparison of one provider together; each of them has a bound of its own.
      timeoutMs: hour / 2,
      run: (signal) => deps.catchUp({ signal }),
    },
    {
      name: 'watch-webhooks',
      cron: '20 * * * * *',
      // A comparison of lists may be among what a silence leads to.
      timeoutMs: hour / 2,
      run: (signal) => deps.watchWebhooks({ signal }),
    },
    {
      name: 'wake-cases',
      cron: '*/30 * * * * *',
      timeoutMs: 30 * second,
      run: () => wakeCases(payments, { limit: wakeLimit }),
    },
    {
      name: 'retire-cases',
      cron: '0 7 * * * *',
      timeoutMs: minute,
      run: () => retireCases(payments, { limit: pruneLimit }),
    },
    {
      name: 'reconcile',
      cron: '0 17 * * * *',
      timeoutMs: hour / 2,
      run: (signal) => reconcileAll(deps, signal),
    },
    {
      name: 'read-figures',
      // Before the day is closed, and after the providers' own night.
      cron: '0 20 3 * * *',
      timeoutMs: hour / 2,
      run: async (signal) => ({ ...(await fetchFees(payments, { signal })) }),
    },
    {
      name: 'close-books',
      // A day says itself when it is due; every hour, so that one that a provider held up is closed soon after.
      cron: '0 30 * * * *',
      timeoutMs: hour / 2,
      run: async (signal) => ({
        ...(await closeDueDays(payments, { timeZone: deps.timeZone, daysMax: closeDaysMax, signal })),
      }),
    },
    {
      name: 'prune',
      cron: '0 40 4 * * *',
      timeoutMs: 10 * minute,
      run: (signal) => pruneAll(payments, signal),
    },
  ];
}

/** All providers at once: one that is down or slow holds up no other. */
async function reconcileAll(deps: JobsDeps, signal: AbortSignal): Promise<JsonObject> {
  const cause = { kind: 'reconciliation', id: 'reconcile', actor: { kind: 'job', id: 'reconcile' } } as const;
  const listed = deps.payments.providers.list().filter((provider) => provider.capabilities.canList);
  const runs = await Promise.allSettled(
    listed.map(({ name }) => deps.reconcile({ provider: name, startedBy: 'reconcile', cause, signal })),
  );
  const counts = { finished: 0, failed: 0, compared: 0, healed: 0, open: 0 };
  for (const [index, result] of runs.entries()) {
    if (result.status === 'rejected') {
      const provider = listed[index]?.name ?? 'unknown';
      deps.payments.log.error('reconciliation threw', { provider }, result.reason);
    }
    if (result.status === 'rejected' || result.value.kind === 'failed') counts.failed += 1;
    else if (result.value.kind === 'finished') {
      const { run } = result.value;
      counts.finished += 1;
      counts.compared += run.comparedCount;
      counts.healed += run.healedCount;
      counts.open += run.openCount;
    }
  }
  return counts;
}

async function pruneAll(payments: AccountingDeps, signal: AbortSignal): Promise<JsonObject> {
  let total = 0;
  for (let batch = 0; batch < pruneBatchesMax && !signal.aborted; batch += 1) {
    const queues = await pruneQueues(payments, { limit: pruneLimit });
    const requests = await forgetRequests(payments, { limit: pruneLimit });
    const reconciliations = await pruneReconciliations(payments, { limit: pruneLimit });
    const cases = await pruneCases(payments, { limit: pruneLimit });
    const outages = await pruneOutages(payments, { limit: pruneLimit });
    const sales = await pruneChannelOrders(payments, { limit: pruneLimit });
    const all = [queues, requests, reconciliations, cases, outages, sales];
    const deleted = all.reduce((sum, each) => sum + each.deleted, 0);
    total += deleted;
    if (deleted === 0) return { deleted: total };
  }
  payments.log.warn('prune has not caught up', { deleted: total });
  return { deleted: total };
}
