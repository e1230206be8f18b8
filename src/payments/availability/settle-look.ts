import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Outage } from '../model/outage.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { changeOutage } from './change-outage.ts';
import { decideOutage, type OutageDecision, type ProviderLook } from './decide-outage.ts';
import { goneFor, raiseDown, raiseRetired, tellCatchUp, tellRelapse } from './outage-alerts.ts';

/** An answer of another provider says so long that the network here is well. */
const onlineForMs: Milliseconds = 5 * minute;

/**
 * Draws the conclusion from one look at a provider: an outage begins, goes on, is taken for the end, or is being made up
 * for. Returns what the outage is afterwards; undefined when there is none.
 */
export async function settleLook(
  deps: PaymentDeps,
  input: { provider: ProviderName; look: ProviderLook; actor: Actor },
): Promise<{ decision: OutageDecision['kind']; outage: Outage | undefined }> {
  const { provider, look } = input;
  const at = { now: deps.clock.now(), isOnline: isOnline(deps, provider) };
  const settled = await deps.database.transaction(async (stores) => {
    const current = await stores.outages.findLiveOutage(provider);
    const decision = decideOutage(current, look, at);
    if (decision.kind === 'nothing') return { decision, outage: current };
    if (decision.kind === 'begin') return { decision, outage: await begin(deps, { stores, provider, look }) };
    if (current === undefined) throw new ConcurrentChange(`the outage of ${provider} ended meanwhile`);
    const outage = await changeOutage(stores, { outage: current, change: decision.change });
    await tell(deps, { stores, decision: decision.kind, outage, actor: input.actor });
    return { decision, outage };
  });
  const { decision, outage } = settled;
  const isRetired = outage?.status === 'retired';
  deps.retired?.set(provider, isRetired ? outage.retiredAt : null);
  if (decision.kind !== 'nothing' && decision.kind !== 'note') {
    deps.log.warn(`provider outage: ${decision.kind.replace('_', ' ')}`, { provider, reason: outage?.reason ?? '' });
  }
  if (decision.kind === 'begin') deps.onOutage?.(provider);
  return { decision: decision.kind, outage };
}

/** Another provider that answers, or whatever else the house knows of, shows that the network here is not to blame. */
function isOnline(deps: PaymentDeps, provider: ProviderName): boolean {
  if (deps.isOnline?.() === true) return true;
  const since = deps.clock.now() - onlineForMs;
  return deps.providers
    .list()
    .some(({ name }) => name !== provider && (deps.providers.health(name)?.lastSuccessAt ?? 0) >= since);
}

async function begin(
  deps: PaymentDeps,
  input: { stores: PaymentStores; provider: ProviderName; look: ProviderLook },
): Promise<Outage> {
  const { stores, provider, look } = input;
  const now = deps.clock.now();
  const health = deps.providers.health(provider);
  const isGone = look.kind === 'fails' && look.goneAs !== null;
  const outage: Outage = {
    id: deps.ids.newId(),
    provider,
    status: 'blind',
    version: 1,
    beganAt: health?.failingSince ?? health?.openedAt ?? now,
    reason: look.kind === 'answers' ? 'unknown' : look.why,
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
  const isNew = await stores.outages.insertOutage(outage);
  if (!isNew) throw new ConcurrentChange(`another outage of ${provider} began meanwhile`);
  await raiseDown({ stores, clock: deps.clock, ids: deps.ids }, outage);
  return outage;
}

async function tell(
  deps: PaymentDeps,
  input: { stores: PaymentStores; decision: 'note' | 'retire' | 'catch_up' | 'relapse'; outage: Outage; actor: Actor },
): Promise<void> {
  const { stores, decision, outage, actor } = input;
  const context = { stores, clock: deps.clock, ids: deps.ids };
  const subject = `provider:${outage.provider}`;
  switch (decision) {
    case 'note':
      return;
    case 'relapse':
      return tellRelapse(context, outage);
    case 'catch_up':
      if (outage.retiredAt !== null) await recordAudit(context, { actor, action: 'provider.reinstate', subject });
      return tellCatchUp(context, { outage, looked: 0, open: null });
    case 'retire':
      await recordAudit(context, { actor, action: 'provider.retire', subject, details: { reason: outage.reason } });
      return raiseRetired(context, { ...outage, goneForMs: goneFor(outage, deps.clock.now()) });
    default:
      return decision satisfies never;
  }
}
