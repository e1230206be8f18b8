// Learns how often each provider usually tells us something, and finds out when one has stopped. A silence alone says
// little: the provider is asked first, then its list is compared, and only if payments changed there that nobody told us
// of is it a trouble, with one alert that says what to check and that ends when an event arrives.

import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { probeProvider } from '../availability/probe-provider.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import {
  hasHistory,
  learnHour,
  newRate,
  silenceOdds,
  silenceOddsMax,
  skipHours,
  usualCount,
  type WebhookRate,
} from '../model/webhook-rate.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { isAvailable } from '../ports/provider-availability.ts';
import type { ReconcileProvider } from '../reconciliation/reconcile-provider.ts';
import { refusedKey } from './quarantine-webhook.ts';
import { raiseSilence, silentKey } from './silence-alert.ts';

/** So long after a payment moved its webhook may still be on its way. */
const onItsWayMs: Milliseconds = 15 * minute;
/** Payments with money in them of which no webhook told, one after the other, with no event of any kind since the first. */
const untoldMax = 2;
/** A silence is looked into so often: a question and a comparison of lists each time. */
const checkEveryMs: Milliseconds = hour;
/** Hours that this process did not see are not learned from; the job runs every minute. */
const unseenMs: Milliseconds = 2 * hour;
/** Payments that may still be paid were made at most so long ago. */
const reachMs: Milliseconds = 9 * day;
/** An alert about refused webhooks ends when none came for so long. */
const refusedQuietMs: Milliseconds = day;

const money = ['paid', 'overpaid', 'underpaid', 'paid_late'] as const;

export type WatchWebhooks = (input: { signal?: AbortSignal }) => Promise<{ checked: number; silent: number }>;

export function createWebhookWatch(
  deps: ProviderDeps & { decommissioned?: DecommissionedProviders },
  tools: { reconcile: ReconcileProvider },
): WatchWebhooks {
  return async ({ signal }) => {
    const counts = { checked: 0, silent: 0 };
    for (const provider of deps.providers.list()) {
      if (signal?.aborted) break;
      await endRefused(deps, provider.name);
      const state = await learn(deps, provider.name);
      if (state === undefined) continue;
      counts.checked += 1;
      const isSilent = await lookInto(deps, { provider, state, reconcile: tools.reconcile, signal });
      if (isSilent) counts.silent += 1;
    }
    return counts;
  };
}

const ownCause = causeOf({ kind: 'job', id: 'watch-webhooks' });

interface State {
  rate: WebhookRate;
  lastAt: Milliseconds;
  /** Since when events are to be expected: the last one, or the end of the last outage. */
  since: Milliseconds;
  /** Payments with money in them that nobody told us of since then. */
  untold: number;
}

/** Brings the rate up to date and ends a silence that is over; a suspicion to look into, or undefined. */
function learn(deps: ProviderDeps, provider: ProviderName): Promise<State | undefined> {
  return inTransaction(deps, ownCause, async (tx) => {
    const now = deps.clock.now();
    const known = await tx.stores.webhookRates.findRate(provider);
    const alert = await tx.stores.cases.findLiveCase(silentKey(provider));
    const [outage] = await tx.stores.outages.listOutages({ provider, limit: 1 });
    const isAway = (outage !== undefined && outage.status !== 'over') || !isAvailable(deps.providers.health(provider));
    const { lastAt } = await tx.stores.inbox.countArrivals({ source: provider, from: now, to: now });
    const isOver = alert !== undefined && lastAt !== null && lastAt >= alert.openedAt;
    if (isOver) await resolveCase(tx, { key: silentKey(provider), by: 'An event arrived.' });
    const before = known ?? newRate(provider, now);
    const isTroubled = isAway || (alert !== undefined && !isOver);
    const rate = isTroubled ? skipHours(before, now + hour) : await learnHours(tx.stores, { rate: before, now });
    if (known === undefined || rate.learnedUntil !== known.learnedUntil) await tx.stores.webhookRates.saveRate(rate);
    if (isTroubled || lastAt === null) return undefined;
    const since = Math.max(lastAt, outage?.endedAt ?? 0);
    // What comes and is refused is no silence, and has an alert of its own.
    const refused = await tx.stores.cases.findLiveCase(refusedKey(provider));
    if (refused !== undefined && refused.lastRaisedAt >= since) return undefined;
    const untold = await countUntold(tx.stores, { provider, since, now });
    const state = { rate, lastAt, since, untold };
    return isSuspect(state, now) ? state : undefined;
  });
}

async function learnHours(
  stores: PaymentStores,
  input: { rate: WebhookRate; now: Milliseconds },
): Promise<WebhookRate> {
  const { now } = input;
  const unseen = now - input.rate.learnedUntil > hour + unseenMs;
  let rate = unseen ? skipHours(input.rate, now + hour) : input.rate;
  while (rate.learnedUntil + hour <= now) {
    const window = { source: rate.provider, from: rate.learnedUntil, to: rate.learnedUntil + hour };
    rate = learnHour(rate, (await stores.inbox.countArrivals(window)).references);
  }
  return rate;
}

async function countUntold(
  stores: PaymentStores,
  about: { provider: ProviderName; since: Milliseconds; now: Milliseconds },
): Promise<number> {
  const { provider, since, now } = about;
  const until = now - onItsWayMs;
  if (until <= since) return 0;
  const moved = await stores.payments.listMovedPayments({
    provider,
    made: { from: since - reachMs, to: now },
    moved: { after: since, until },
    to: money,
    withWebhooks: false,
    limit: 100,
  });
  return moved.length;
}

function isSuspect({ rate, since, untold }: State, now: Milliseconds): boolean {
  if (rate.checkedAt !== null && now - rate.checkedAt < checkEveryMs) return false;
  if (untold >= untoldMax) return true;
  return hasHistory(rate, now) && silenceOdds(rate, { from: since, to: now }) < silenceOddsMax;
}

/** First whether the provider is there at all, then its list, then whether anything changed that nobody told us of. */
async function lookInto(
  deps: ProviderDeps & { decommissioned?: DecommissionedProviders },
  input: {
    provider: PaymentProvider;
    state: State;
    reconcile: ReconcileProvider;
    signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { provider, state, signal } = input;
  const { name } = provider;
  const now = deps.clock.now();
  const save = (checkedAt: Milliseconds) =>
    deps.database.transaction((stores) => stores.webhookRates.saveRate({ ...state.rate, checkedAt }));
  await save(now);
  const look = await probeProvider(deps, { provider, wasRefused: false, signal });
  // Then it is an outage, and the watch over providers tells of it.
  if (look.kind !== 'answers') return false;
  const cause = { kind: 'reconciliation', id: 'watch-webhooks', actor: { kind: 'job', id: 'watch-webhooks' } } as const;
  const about = { provider: name, startedBy: 'watch-webhooks', cause, ...(signal && { signal }) };
  const compared = await input.reconcile(about);
  if (state.untold === 0) {
    // What the comparison found may still be told of; a little later it may not.
    const hasFound = compared.kind === 'finished' && compared.run.healedCount > 0;
    if (hasFound) await save(now - checkEveryMs + onItsWayMs);
    return false;
  }
  return inTransaction(deps, ownCause, async (tx) => {
    const { lastAt } = await tx.stores.inbox.countArrivals({ source: name, from: now, to: now });
    // One came while we looked.
    if (lastAt !== state.lastAt) return false;
    const usual = usualCount(state.rate, { from: state.since, to: now });
    const told = { provider: name, isAsked: provider.capabilities.canFetch, usual, untold: state.untold };
    await raiseSilence(tx, { ...told, silentMs: now - state.lastAt });
    return true;
  });
}

/** Refused webhooks that come no more were a stranger's, or the secret is right again. */
async function endRefused(deps: TransactionDeps<PaymentStores>, provider: ProviderName): Promise<void> {
  const key = refusedKey(provider);
  const alert = await deps.database.read((stores) => stores.cases.findLiveCase(key));
  if (alert === undefined || deps.clock.now() - alert.lastRaisedAt < refusedQuietMs) return;
  await inTransaction(deps, ownCause, (tx) => resolveCase(tx, { key, by: 'None came for a day.' }));
}
