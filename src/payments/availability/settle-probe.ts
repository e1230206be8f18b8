import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { OutageDeps } from '../lifecycle/deps.ts';
import type { Outage } from '../model/outage.ts';
import type { ProviderHealth } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { decideOutage, type OutageDecision, type ProviderProbe } from './decide-outage.ts';
import { decommissionedFor, raiseDecommissioned, raiseDown, reportCatchUp, restateDown } from './outage-alerts.ts';

/** An answer of another provider proves for so long that the network here works. */
const onlineForMs: Milliseconds = 5 * minute;

/**
 * Applies the result of one probe of a provider: an outage begins, continues, becomes a decommissioning, or turns into
 * a catch-up. Returns the outage as it is afterwards; undefined when there is none.
 */
export async function settleProbe(
  deps: OutageDeps,
  input: { provider: ProviderName; probe: ProviderProbe; actor: Actor },
): Promise<{ decision: OutageDecision['kind']; outage: Outage | undefined }> {
  const { provider, probe } = input;
  const at = { now: deps.clock.now(), isOnline: isOnline(deps, provider) };
  // Most probes change nothing, and a read costs less than a transaction.
  const seen = await deps.database.read((stores) => stores.outages.findLiveOutage(provider));
  const first = decideOutage(seen, probe, at);
  if (first.kind === 'nothing') {
    noteDecommissioned(deps, { provider, outage: seen });
    return { decision: first.kind, outage: seen };
  }
  const settled = await inTransaction(deps, causeOf(input.actor), async (tx) => {
    const current = await tx.stores.outages.findLiveOutage(provider);
    const decision = decideOutage(current, probe, at);
    if (decision.kind === 'nothing') return { decision, outage: current };
    if (decision.kind === 'begin')
      return { decision, outage: await begin(tx, { provider, probe, health: deps.providers.health(provider) }) };
    if (current === undefined) throw new ConcurrentChange(`the outage of ${provider} ended meanwhile`);
    const outage = await tx.stores.outages.changeOutage(current, decision.change);
    await reportOutage(tx, { decision: decision.kind, outage });
    return { decision, outage };
  });
  const { decision, outage } = settled;
  noteDecommissioned(deps, { provider, outage });
  if (decision.kind !== 'nothing' && decision.kind !== 'note') {
    deps.log.warn(`provider outage: ${decision.kind.replace('_', ' ')}`, { provider, reason: outage?.reason ?? '' });
  }
  if (decision.kind === 'begin') deps.onOutage?.(provider);
  return { decision: decision.kind, outage };
}

function noteDecommissioned(
  deps: OutageDeps,
  { provider, outage }: { provider: ProviderName; outage: Outage | undefined },
): void {
  deps.decommissioned?.set(provider, outage?.status === 'retired' ? outage.retiredAt : null);
}

/** Another provider or service that answers shows that the network here is not to blame. */
function isOnline(deps: OutageDeps, provider: ProviderName): boolean {
  if (deps.isOnline?.() === true) return true;
  const since = deps.clock.now() - onlineForMs;
  return deps.providers
    .list()
    .some(({ name }) => name !== provider && (deps.providers.health(name)?.lastSuccessAt ?? 0) >= since);
}

async function begin(
  tx: PaymentTx,
  input: { provider: ProviderName; probe: ProviderProbe; health: ProviderHealth | undefined },
): Promise<Outage> {
  const { provider, probe, health } = input;
  const now = tx.clock.now();
  const isGone = probe.kind === 'fails' && probe.readAsDecommissioned !== null;
  const outage: Outage = {
    id: tx.ids.newId(),
    provider,
    status: 'blind',
    version: 1,
    beganAt: health?.failingSince ?? health?.openedAt ?? now,
    reason: probe.kind === 'answers' ? 'unknown' : probe.why,
    askedAt: now,
    goneSince: isGone ? now : null,
    goneCount: isGone ? 1 : 0,
    retiredAt: null,
    answeredAt: null,
    endedAt: null,
    lookedCount: 0,
    recoveredCount: 0,
    lostCount: 0,
  };
  const isNew = await tx.stores.outages.insertOutage(outage);
  if (!isNew) throw new ConcurrentChange(`another outage of ${provider} began meanwhile`);
  await raiseDown(tx, outage);
  return outage;
}

async function reportOutage(
  tx: PaymentTx,
  { decision, outage }: { decision: 'note' | 'retire' | 'catch_up' | 'relapse'; outage: Outage },
): Promise<void> {
  const subject = `provider:${outage.provider}`;
  switch (decision) {
    case 'note':
      return outage.status === 'blind' ? restateDown(tx, outage) : undefined;
    case 'relapse':
      return restateDown(tx, outage);
    case 'catch_up':
      if (outage.retiredAt !== null) await recordAudit(tx, { action: 'provider.reinstate', subject });
      return reportCatchUp(tx, { outage, fetched: 0, open: null });
    case 'retire':
      await recordAudit(tx, { action: 'provider.retire', subject, details: { reason: outage.reason } });
      return raiseDecommissioned(tx, { ...outage, decommissionAfterMs: decommissionedFor(outage, tx.clock.now()) });
    default:
      return decision satisfies never;
  }
}
