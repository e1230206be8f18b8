// Learns how often each provider usually sends webhooks, and detects when they have stopped. A silence alone proves
// little: the provider is probed first, then its list is compared, and only if payments changed there without a webhook
// is one alert raised, which says what to check and ends when an event is received.

import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
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
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { ReconcileProvider } from '../reconciliation/reconcile-provider.ts';
import { refusedKey } from './quarantine-webhook.ts';
import { raiseSilence, silentKey } from './silence-alert.ts';
import { type Around, endsOf, isAsBefore, isTroubled, lookAtWebhooks, type Sight } from './webhook-sight.ts';

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

const money = ['paid', 'overpaid', 'underpaid', 'paid_late'] as const;

export type WatchWebhooks = (input: { signal?: AbortSignal }) => Promise<{ checked: number; silent: number }>;

export function createWebhookWatch(
  deps: ProviderDeps & { decommissioned?: DecommissionedProviders },
  tools: { reconcile: ReconcileProvider },
): WatchWebhooks {
  /** Silence is judged from here on, because this process was away before, and webhooks came to nobody. */
  const judgedFrom = new Map<ProviderName, Milliseconds>();

  async function watchOne(sight: Sight): Promise<State | undefined> {
    const { name } = sight.provider;
    const about = { now: deps.clock.now(), health: deps.providers.health(name) };
    const known = { ...about, judgedFrom: judgedFrom.get(name) ?? 0 };
    const { state, ...learned } = isAsBefore(sight, about)
      ? await deps.database.read((stores) => judge(stores, { ...known, sight }))
      : await inTransaction(deps, ownCause, (tx) => learn(tx, { ...known, sight }));
    judgedFrom.set(name, learned.judgedFrom);
    return state;
  }

  return async ({ signal }) => {
    const counts = { checked: 0, silent: 0 };
    const providers = deps.providers.list();
    let sights = await deps.database.read((stores) => lookAtWebhooks(stores, providers));
    for (const [index, provider] of providers.entries()) {
      if (signal?.aborted) break;
      const sight = sights[index];
      const state = sight && (await watchOne(sight));
      if (state === undefined) continue;
      counts.checked += 1;
      const isSilent = await investigate(deps, { provider, state, reconcile: tools.reconcile, signal });
      if (isSilent) counts.silent += 1;
      // That took its time.
      sights = await deps.database.read((stores) => lookAtWebhooks(stores, providers));
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

type Judged = Around & { judgedFrom: Milliseconds };

/** Updates the rate and ends alerts that are over; with a silence to investigate, if there is one. */
async function learn(tx: PaymentTx, { sight: seen, ...input }: Judged & { sight: Sight }): ReturnType<typeof judge> {
  const { name } = seen.provider;
  const { now } = input;
  if (seen.hasTogether) await endTogether(tx, name);
  const sight = await seenAgain(tx, { sight: seen, now });
  const { isHeard, isQuiet } = endsOf(sight, now);
  if (isHeard) await resolveCase(tx, { key: silentKey(name), by: 'An event arrived.' });
  if (isQuiet) await resolveCase(tx, { key: refusedKey(name), by: 'None was received for a day.' });
  const before = sight.rate ?? newRate(name, now);
  const rate = isTroubled(sight, input)
    ? skipHours(before, now + hour)
    : await learnHours(tx.stores, { rate: before, now });
  if (sight.rate === undefined || rate.learnedUntil !== before.learnedUntil)
    await tx.stores.webhookRates.saveRate(rate);
  // It learns every hour. What was paid meanwhile is found by polling in the first minutes.
  const wasAway = now - before.learnedUntil > hour + onItsWayMs;
  const judgedFrom = wasAway ? now + onItsWayMs : input.judgedFrom;
  return judge(tx.stores, { ...input, judgedFrom, sight: { ...sight, rate } });
}

/** What ends an alert is looked at again where the alert is ended. An hour is learned from what was seen: no other job learns. */
async function seenAgain(tx: PaymentTx, { sight, now }: { sight: Sight; now: Milliseconds }): Promise<Sight> {
  const { isHeard, isQuiet } = endsOf(sight, now);
  if (!isHeard && !isQuiet) return sight;
  const [again] = await lookAtWebhooks(tx.stores, [sight.provider]);
  assert(again !== undefined, 'a provider that is looked at is seen');
  return again;
}

async function judge(
  stores: PaymentStores,
  { sight, judgedFrom, ...around }: Judged & { sight: Sight },
): Promise<{ state: State | undefined; judgedFrom: Milliseconds }> {
  const { now } = around;
  const { rate, lastAt, outage, refused } = sight;
  if (rate === undefined || lastAt === null || isTroubled(sight, around)) return { state: undefined, judgedFrom };
  const since = Math.max(lastAt, outage?.endedAt ?? 0, judgedFrom);
  // Webhooks that are refused are no silence, and have an alert of their own.
  const isRefused = refused !== undefined && !endsOf(sight, now).isQuiet && refused.lastRaisedAt >= since;
  if (isRefused || since >= now) return { state: undefined, judgedFrom };
  const missedCount = await countUntold(stores, { provider: sight.provider.name, since, now });
  const state = { rate, lastAt, since, missedCount };
  return { state: isSuspect(state, now) ? state : undefined, judgedFrom };
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
    const arrivals = await tx.stores.inbox.listLastArrivals([name]);
    // An event was received meanwhile.
    if (arrivals.get(name) !== state.lastAt) return false;
    const usual = usualCount(state.rate, { from: state.since, to: now });
    const facts = { provider: name, isAsked: provider.capabilities.canFetch, usual, missedCount: state.missedCount };
    await raiseSilence(tx, { ...facts, silentMs: now - state.lastAt });
    return true;
  });
}
