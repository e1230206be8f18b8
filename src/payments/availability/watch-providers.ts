// Probes providers that are unavailable, or may be, which also lets their breaker close, and keeps one outage, with one
// alert, for as long as each is unavailable.

import { resolveCase } from '#cases/resolve-case.ts';
import { type Clock, day, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { OutageDeps } from '../lifecycle/deps.ts';
import type { Outage } from '../model/outage.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { ProviderProbe } from './decide-outage.ts';
import { downKey } from './outage-alerts.ts';
import { probeProvider } from './probe-provider.ts';
import { settleProbe } from './settle-probe.ts';

/** A failed call without a later success is investigated after this; single failures are common. */
const failingForMs: Milliseconds = 10 * second;

/** A provider that rejects is not probed more often; for one that does not answer, the breaker sets the pace. */
const refusedWaitMs: Milliseconds = 30 * second;

/**
 * A healthy provider without calls for so long is probed all the same: a small shop would notice an outage too late.
 */
const quietMaxMs: Milliseconds = 10 * minute;

/** How often a decommissioned provider is probed. */
const retiredWaitMs: Milliseconds = day;

const never = Number.NEGATIVE_INFINITY;

const actor = { kind: 'job', id: 'watch-providers' } as const;

/** What this process remembers of its own probes, in elapsed time; none of it is needed after a restart. */
interface Memory {
  askedAt: Milliseconds;
  wellAt: Milliseconds;
  wasRefused: boolean;
}

export type WatchProviders = (input: { signal?: AbortSignal }) => Promise<{ down: number; recovered: number }>;

export function createProviderWatch(deps: OutageDeps): WatchProviders {
  const memories = new Map<ProviderName, Memory>();

  async function watchOne(
    provider: PaymentProvider,
    known: { outage: Outage | undefined; hasAlert: boolean; signal: AbortSignal | undefined },
  ): Promise<'well' | 'down' | 'recovered'> {
    const { name } = provider;
    const memory = memories.get(name) ?? { askedAt: never, wellAt: never, wasRefused: false };
    const { outage, hasAlert } = known;
    if (!isDue(deps, { name, outage, memory, hasAlert }))
      return outage === undefined || outage.status === 'catching_up' ? 'well' : 'down';
    const { wasRefused } = memory;
    const probe = await probeProvider(deps, { provider, wasRefused, signal: known.signal });
    memories.set(name, remember(memory, probe, deps.clock.elapsed()));
    // Nothing was known of an outage, and nothing shows one; one that began meanwhile is probed at the next run.
    if (probe.kind === 'answers' && outage === undefined && !hasAlert) return 'well';
    const settled = await settleProbe(deps, { provider: name, probe, actor });
    if (probe.kind === 'answers' && settled.outage === undefined && hasAlert) await endAlert(deps, name);
    if (probe.kind !== 'answers') return settled.outage === undefined ? 'well' : 'down';
    return outage !== undefined || hasAlert ? 'recovered' : 'well';
  }

  return async ({ signal }) => {
    const providers = deps.providers.list();
    const { outages, alerts } = await deps.database.read(async (stores) => ({
      outages: await stores.outages.listLiveOutages(),
      alerts: await stores.cases.listLiveCasesByKeys(providers.map(({ name }) => downKey(name))),
    }));
    // In parallel: a provider that hangs does not delay the others.
    const ends = await Promise.all(
      providers.map((provider) => {
        const outage = outages.find((candidate) => candidate.provider === provider.name);
        const hasAlert = alerts.some(({ key }) => key === downKey(provider.name));
        deps.decommissioned?.set(provider.name, outage?.status === 'retired' ? outage.retiredAt : null);
        return watchOne(provider, { outage, hasAlert, signal });
      }),
    );
    const count = (wanted: (typeof ends)[number]): number => ends.filter((end) => end === wanted).length;
    return { down: count('down'), recovered: count('recovered') };
  };
}

function isDue(
  deps: { providers: ProviderRegistry; clock: Clock },
  input: { name: ProviderName; outage: Outage | undefined; memory: Memory; hasAlert: boolean },
): boolean {
  const { outage, memory } = input;
  const now = deps.clock.now();
  const askedAgoMs = deps.clock.elapsed() - memory.askedAt;
  const health = deps.providers.health(input.name);
  const isOpen = health !== undefined && health.breaker !== 'closed';
  // The last probe lies in the future when the wall clock was set back since.
  if (outage?.status === 'retired') return Math.abs(now - outage.askedAt) >= retiredWaitMs;
  if (outage?.status === 'blind') return isOpen || !memory.wasRefused || askedAgoMs >= refusedWaitMs;
  if (isOpen) return true;
  // During the catch-up its own calls are probes enough.
  if (outage !== undefined) return false;
  if (input.hasAlert || memory.wasRefused) return true;
  if (askedAgoMs < refusedWaitMs) return false;
  const failingSince = health?.failingSince ?? null;
  if (failingSince !== null && now - failingSince >= failingForMs) return true;
  const succeededAgoMs = now - (health?.lastSuccessAt ?? never);
  return Math.min(succeededAgoMs, deps.clock.elapsed() - memory.wellAt) >= quietMaxMs;
}

function remember(memory: Memory, probe: ProviderProbe, elapsed: Milliseconds): Memory {
  switch (probe.kind) {
    case 'answers':
      return { askedAt: elapsed, wellAt: elapsed, wasRefused: false };
    case 'fails':
      return { ...memory, askedAt: elapsed, wasRefused: probe.readAsDecommissioned !== null };
    case 'not_asked':
      return memory;
    default:
      return probe satisfies never;
  }
}

/** An alert without an outage is about a provider that was not configured for a while. */
function endAlert(deps: TransactionDeps<PaymentStores>, name: ProviderName): Promise<boolean> {
  return inTransaction(deps, causeOf(actor), (tx) =>
    resolveCase(tx, { key: downKey(name), by: 'The provider answers again.' }),
  );
}
