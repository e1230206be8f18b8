// What one look at the database shows of the webhooks of every provider, and what that means. A shop's idle minute is full of
// such looks, so they cost one query of each kind for however many providers, and no transaction.
import type { Case } from '#cases/case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import { togetherKeys } from '../channels/raise-together.ts';
import type { Outage } from '../model/outage.ts';
import { startOfHour, type WebhookRate } from '../model/webhook-rate.ts';
import type { PaymentProvider, ProviderHealth } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { isAvailable } from '../ports/provider-availability.ts';
import { refusedKey } from './quarantine-webhook.ts';
import { silentKey } from './silence-alert.ts';

/** An alert about refused webhooks ends when none was received for so long. */
const refusedQuietMs: Milliseconds = day;

/** What is known of a provider's webhooks. */
export interface Sight {
  provider: PaymentProvider;
  rate: WebhookRate | undefined;
  /** The last one, over or not. */
  outage: Outage | undefined;
  lastAt: Milliseconds | null;
  /** Live ones. */
  silent: Case | undefined;
  refused: Case | undefined;
  hasTogether: boolean;
}

export async function lookAtWebhooks(stores: PaymentStores, providers: readonly PaymentProvider[]): Promise<Sight[]> {
  const names = providers.map(({ name }) => name);
  const channels = providers.filter(({ sales }) => sales !== undefined).map(({ name }) => name);
  const keys = names.flatMap((name) => [silentKey(name), refusedKey(name)]);
  const live = await stores.cases.listLiveCasesByKeys([...keys, ...channels.flatMap(togetherKeys)]);
  const rates = await stores.webhookRates.listRates(names);
  const outages = await stores.outages.listLatestOutages(names);
  const arrivals = await stores.inbox.listLastArrivals(names);
  return providers.map((provider) => {
    const { name } = provider;
    const together = provider.sales === undefined ? [] : togetherKeys(name);
    return {
      provider,
      rate: rates.find((one) => one.provider === name),
      outage: outages.find((one) => one.provider === name),
      lastAt: arrivals.get(name) ?? null,
      silent: live.find(({ key }) => key === silentKey(name)),
      refused: live.find(({ key }) => key === refusedKey(name)),
      hasTogether: live.some(({ key }) => together.includes(key)),
    };
  });
}

export interface Around {
  now: Milliseconds;
  health: ProviderHealth | undefined;
}

/** Which alerts are over: an event was received, or the refused ones have stopped, as forgeries or since the secret is right. */
export function endsOf({ silent, refused, lastAt }: Sight, now: Milliseconds): { isHeard: boolean; isQuiet: boolean } {
  return {
    isHeard: silent !== undefined && lastAt !== null && lastAt >= silent.openedAt,
    isQuiet: refused !== undefined && now - refused.lastRaisedAt >= refusedQuietMs,
  };
}

/** While it is unavailable or silent, nothing is learned of it. */
export function isTroubled(sight: Sight, { now, health }: Around): boolean {
  const { outage, silent } = sight;
  const isUnavailable = (outage !== undefined && outage.status !== 'over') || !isAvailable(health);
  return isUnavailable || (silent !== undefined && !endsOf(sight, now).isHeard);
}

/** Most of the time there is nothing to store: no hour to learn, and no alert that is over. */
export function isAsBefore(sight: Sight, { now, health }: Around): boolean {
  const { rate, hasTogether } = sight;
  if (rate === undefined || hasTogether) return false;
  const { isHeard, isQuiet } = endsOf(sight, now);
  const learnedUntil = isTroubled(sight, { now, health }) ? startOfHour(now + hour) : startOfHour(now);
  return !isHeard && !isQuiet && rate.learnedUntil >= learnedUntil;
}
