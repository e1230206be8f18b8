// Learns how often each provider usually sends webhooks, and detects when they have stopped. A silence alone proves
// little: the provider is probed first, then its list is compared, and only if payments changed there without a webhook
// is one alert raised, which says what to check and ends when an event is received.

import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { probeProvider } from '../availability/probe-provider.ts';
import { endTogether } from '../channels/raise-together.ts';
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
import type { PaymentProvider, ProviderHealth } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import { isAvailable } from '../ports/provider-availability.ts';
import type { ReconcileProvider } from '../reconciliation/reconcile-provider.ts';
import { refusedKey } from './quarantine-webhook.ts';
import { raiseSilence, silentKey } from './silence-alert.ts';

/** So long after a payment changed its webhook may still be under way. */
const onItsWayMs: Milliseconds = 15 * minute;
/** Payments with money and without a webhook, one after the other, with no event of any kind since the first. */
const untoldMax = 2;
/** How often a silence is investigated: a probe and a comparison of lists each time. */
const checkEveryMs: Milliseconds = hour;
/** Hours in which this process was down are not learned; the job runs every minute. */
const unseenMs: Milliseconds = 2 * hour;
/** Payments that may still be paid were made at most so long ago. */
const reachMs: Milliseconds = 9 * day;
/** An alert about refused webhooks ends when none was received for so long. */
const refusedQuietMs: Milliseconds = day;

const money = ['paid', 'overpaid', 'underpaid', 'paid_late'] as const;

export type WatchWebhooks = (input: { signal?: AbortSignal }) => Promise<{ checked: number; silent: number }>;

export function createWebhookWatch(
  deps: ProviderDeps & { decommissioned?: DecommissionedProviders },
  tools: { reconcile: ReconcileProvider },
): WatchWebhooks {
  /** Silence is judged from here on, because this process was away before, and webhooks came to nobody. */
  const judgedFrom = new Map<ProviderName, Milliseconds>();

  return async ({ signal }) => {
    const counts = { checked: 0, silent: 0 };
    for (const provider of deps.providers.list()) {
      if (signal?.aborted) break;
      const { name } = provider;
      const known = { provider: name, health: deps.providers.health(name), judgedFrom: judgedFrom.get(name) ?? 0 };
      const { state, ...learned } = await inTransaction(deps, ownCause, async (tx) => {
        if (provider.sales !== undefined) await endTogether(tx, name);
        return learn(tx, known);
      });
      judgedFrom.set(name, learned.judgedFrom);
      if (state === undefined) continue;
      counts.checked += 1;
      const isSilent = await investigate(deps, { provider, state, reconcile: tools.reconcile, signal });
      if (isSilent) counts.silent += 1;
    }
    return counts;
  };
}

const ownCause = causeOf({ kind: 'job', id: 'watch-webhooks' });

interface State {
  rate: WebhookRate;
  lastAt: Milliseconds;
  /** Since when events are expected: the last one, the end of the last outage, or the return of this process. */
  since: Milliseconds;
  /** Payments with money and without a webhook since then. */
  missedCount: number;
}

/** Updates the rate and ends alerts that are over; with a silence to investigate, if there is one. */
async function learn(
  tx: PaymentTx,
  input: { provider: ProviderName; health: ProviderHealth | undefined; judgedFrom: Milliseconds },
): Promise<{ state: State | undefined; judgedFrom: Milliseconds }> {
  const { provider, health } = input;
  const now = tx.clock.now();
  const known = await tx.stores.webhookRates.findRate(provider);
  const before = known ?? newRate(provider, now);
  // It learns every hour. What was paid meanwhile is found by polling in the first minutes.
  const wasAway = now - before.learnedUntil > hour + onItsWayMs;
  const judgedFrom = wasAway ? now + onItsWayMs : input.judgedFrom;
  const [outage] = await tx.stores.outages.listOutages({ provider, limit: 1 });
  const isUnavailable = (outage !== undefined && outage.status !== 'over') || !isAvailable(health);
  const lastAt = await tx.stores.inbox.findLastArrival(provider);
  const { isSilent, refusedAt } = await endAlerts(tx, { provider, lastAt });
  const isTroubled = isUnavailable || isSilent;
  const rate = isTroubled ? skipHours(before, now + hour) : await learnHours(tx.stores, { rate: before, now });
  if (known === undefined || rate.learnedUntil !== known.learnedUntil) await tx.stores.webhookRates.saveRate(rate);
  if (isTroubled || lastAt === null) return { state: undefined, judgedFrom };
  const since = Math.max(lastAt, outage?.endedAt ?? 0, judgedFrom);
  // Webhooks that are refused are no silence, and have an alert of their own.
  const isRefused = refusedAt !== undefined && refusedAt >= since;
  if (isRefused || since >= now) return { state: undefined, judgedFrom };
  const missedCount = await countUntold(tx.stores, { provider, since, now });
  const state = { rate, lastAt, since, missedCount };
  return { state: isSuspect(state, now) ? state : undefined, judgedFrom };
}

/**
 * Ends the alert about a silence when an event was received, and the one about refused webhooks when they have stopped: they
 * were forgeries, or the secret is right again.
 */
async function endAlerts(
  tx: PaymentTx,
  { provider, lastAt }: { provider: ProviderName; lastAt: Milliseconds | null },
): Promise<{ isSilent: boolean; refusedAt: Milliseconds | undefined }> {
  const keys = { silent: silentKey(provider), refused: refusedKey(provider) };
  const live = await tx.stores.cases.listLiveCasesByKeys([keys.silent, keys.refused]);
  const [silent, refused] = [keys.silent, keys.refused].map((key) => live.find((one) => one.key === key));
  const isHeard = silent !== undefined && lastAt !== null && lastAt >= silent.openedAt;
  if (isHeard) await resolveCase(tx, { key: keys.silent, by: 'An event arrived.' });
  const isQuiet = refused !== undefined && tx.clock.now() - refused.lastRaisedAt >= refusedQuietMs;
  if (isQuiet) await resolveCase(tx, { key: keys.refused, by: 'None was received for a day.' });
  return { isSilent: silent !== undefined && !isHeard, refusedAt: isQuiet ? undefined : refused?.lastRaisedAt };
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
    rate = learnHour(rate, await stores.inbox.countArrivals(window));
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

function isSuspect({ rate, since, missedCount }: State, now: Milliseconds): boolean {
  if (rate.checkedAt !== null && Math.abs(now - rate.checkedAt) < checkEveryMs) return false;
  if (missedCount >= untoldMax) return true;
  return hasHistory(rate, now) && silenceOdds(rate, { from: since, to: now }) < silenceOddsMax;
}

/** First a probe of the provider, then its list, then whether any payment changed without a webhook. */
async function investigate(
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
  const probe = await probeProvider(deps, { provider, wasRefused: false, signal });
  // It is an outage then, and the watch over providers raises its alert.
  if (probe.kind !== 'answers') return false;
  const cause = { kind: 'reconciliation', id: 'watch-webhooks', actor: { kind: 'job', id: 'watch-webhooks' } } as const;
  const about = { provider: name, startedBy: 'watch-webhooks', cause, ...(signal && { signal }) };
  const compared = await input.reconcile(about);
  if (state.missedCount === 0) {
    // A webhook about what the comparison found may still be under way; a little later it is not.
    const hasFound = compared.kind === 'finished' && compared.run.healedCount > 0;
    if (hasFound) await save(now - checkEveryMs + onItsWayMs);
    return false;
  }
  return inTransaction(deps, ownCause, async (tx) => {
    const lastAt = await tx.stores.inbox.findLastArrival(name);
    // An event was received meanwhile.
    if (lastAt !== state.lastAt) return false;
    const usual = usualCount(state.rate, { from: state.since, to: now });
    const facts = { provider: name, isAsked: provider.capabilities.canFetch, usual, missedCount: state.missedCount };
    await raiseSilence(tx, { ...facts, silentMs: now - state.lastAt });
    return true;
  });
}
