import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { OutageDeps } from '../lifecycle/deps.ts';
import type { ProviderProbe } from './decide-outage.ts';
import { probeProvider } from './probe-provider.ts';
import { settleProbe } from './settle-probe.ts';

/** Probes a provider when an admin asks for it, also a decommissioned one; if it answers, its catch-up begins. */
export async function askProviderAgain(
  deps: OutageDeps,
  input: { provider: ProviderName; actor: Actor },
): Promise<ProviderProbe | { kind: 'unknown' }> {
  const provider = deps.providers.find(input.provider);
  if (provider === undefined) return { kind: 'unknown' };
  const { actor } = input;
  await inTransaction(deps, causeOf(actor), (tx) =>
    recordAudit(tx, { action: 'provider.ask_again', subject: `provider:${provider.name}` }),
  );
  const probe = await probeProvider(deps, { provider, wasRefused: false });
  await settleProbe(deps, { provider: provider.name, probe, actor });
  return probe;
}
