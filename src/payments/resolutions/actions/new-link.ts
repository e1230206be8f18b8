import { readReason } from '#access/reason.ts';
import { isLive } from '#cases/case.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { createPaymentLink, helpedByLink, type PaymentLink } from '../../collect/create-payment-link.ts';
import type { SnapshotDeps } from '../../lifecycle/deps.ts';
import type { PaymentTx } from '../../ports/payment-store.ts';
import type { ResolvingAction } from '../options/resolution-actions.ts';
import { type Asked, noteDecision, notLive, type Resolution, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

/** A new link over all of the order, at the provider that is named or at the likeliest. */
export const newLink: Resolver = (deps, asked) => linkFor(deps, { asked, action: 'new_link' });

/** A new link over what is missing; what has come stays, and counts together with it. */
export const askForRest: Resolver = (deps, asked) => linkFor(deps, { asked, action: 'ask_rest' });

interface LinkAsked {
  asked: Asked;
  action: Extract<ResolvingAction, 'new_link' | 'ask_rest'>;
}

/** The decision is written down in the transaction in which the link is there. */
async function linkFor(deps: SnapshotDeps, { asked, action }: LinkAsked): Promise<Resolution> {
  const reason = readReason(asked.reason);
  if (typeof reason !== 'string') return reason;
  const one = await deps.database.read((stores) => stores.cases.findCase(asked.caseId));
  if (one === undefined) return { kind: 'unknown' };
  const over = notLive(one, action);
  if (over !== undefined) return over;
  if (one.orderId === null) return refused({ code: 'no_order', action: 'new_link' });
  const result = await createPaymentLink(deps, {
    orderId: one.orderId,
    provider: providerOf(asked.option),
    actor: asked.by.actor,
    by: asked.by.name,
    also: (tx) => noteLink(tx, { asked, action, reason }),
  });
  return result.kind === 'created' ? { kind: 'decided', code: 'link_made', link: result.order } : refuseLink(result);
}

function providerOf(option: string | null): 'auto' | ProviderName {
  return option !== null && isProviderName(option) ? option : 'auto';
}

function refuseLink(result: Exclude<PaymentLink, { kind: 'created' }>): Resolution {
  if (result.kind !== 'provider_failed') return { ...result, kind: 'refused' };
  return refused({ code: 'provider_failed', provider: result.provider, message: result.message });
}

/**
 * An order that only waits for its customer is helped by the link. One that needs attention needs it again when the link
 * is not paid, so its case rests for as long (`createPaymentLink`), and stays.
 */
async function noteLink(tx: PaymentTx, decided: LinkAsked & { reason: string }): Promise<void> {
  const { asked, action, reason } = decided;
  const one = await tx.stores.cases.findCase(asked.caseId);
  // While the provider was asked, somebody may have settled it: the link is there all the same.
  if (one === undefined || !isLive(one)) return;
  const { by } = asked;
  if (helpedByLink.includes(one.kind)) {
    await settleCase(tx, { one, action, by, reason, undo: null });
  } else await noteDecision(tx, { one, action, by, reason });
}
