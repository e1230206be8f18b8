import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/**
 * Which providers are decommissioned and not called. The stored outage is the source; this is its copy in memory,
 * because every outgoing call checks it.
 */
export interface DecommissionedProviders {
  /** Since when; null while the provider is called as any other. */
  since(name: ProviderName): Milliseconds | null;
  mayAsk(name: ProviderName): boolean;
  set(name: ProviderName, since: Milliseconds | null): void;
  /** Lets calls to it go out until `work` has ended: for the probe whether it is back. */
  askAnyway<Result>(name: ProviderName, work: () => Promise<Result>): Promise<Result>;
}

export function createDecommissionedProviders(): DecommissionedProviders {
  const retired = new Map<ProviderName, Milliseconds>();
  const asked = new Map<ProviderName, number>();
  return {
    since: (name) => retired.get(name) ?? null,
    mayAsk: (name) => !retired.has(name) || (asked.get(name) ?? 0) > 0,
    set(name, since) {
      if (since === null) retired.delete(name);
      else retired.set(name, since);
    },
    async askAnyway(name, work) {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      try {
        return await work();
      } finally {
        asked.set(name, (asked.get(name) ?? 1) - 1);
      }
    },
  };
}
