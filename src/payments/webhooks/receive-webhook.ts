// Receives a webhook: verify the raw bytes, store the event, answer. Nothing is processed in the request; a worker
// fetches the payment afterwards, because the event is only a hint.
import { isProviderName } from '#kernel/provider-name.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { WebhookDelivery, WebhookRefusal } from '../ports/payment-provider.ts';
import { keptHeaders } from './kept-headers.ts';
import { createWebhookQuarantine } from './quarantine-webhook.ts';

export type WebhookReceipt =
  | { kind: 'accepted'; eventId: string }
  | { kind: 'duplicate' }
  | { kind: 'irrelevant' }
  | { kind: 'refused'; reason: WebhookRefusal }
  | { kind: 'unknown_provider' };

export type ReceiveWebhook = (input: { provider: string; delivery: WebhookDelivery }) => Promise<WebhookReceipt>;

/** Resolves after the event is on disk; rejects when it could not be stored, so that the provider repeats it. */
export function createWebhookReceiver(deps: ProviderDeps): ReceiveWebhook {
  const keepRefused = createWebhookQuarantine(deps);

  return async ({ provider: name, delivery }) => {
    const provider = isProviderName(name) ? deps.providers.find(name) : undefined;
    if (provider === undefined) return { kind: 'unknown_provider' };
    if (delivery.pathSecret !== undefined && !provider.hasSecretAddress) return { kind: 'unknown_provider' };
    const now = deps.clock.now();
    const verdict = provider.verifyWebhook(delivery, now);
    if (verdict.kind === 'irrelevant') return { kind: 'irrelevant' };
    if (verdict.kind === 'no_such_address') {
      // A valid signature means that it was meant for us: the address may have been changed on one side only.
      if (verdict.isSigned) await keepRefused({ provider: provider.name, delivery, reason: 'address_wrong' });
      return { kind: 'unknown_provider' };
    }
    if (verdict.kind === 'refused') {
      // Without a body there is no event that could be lost: it is a probe, such as `npm run doctor` makes.
      if (delivery.body.byteLength > 0)
        await keepRefused({ provider: provider.name, delivery, reason: verdict.reason });
      return { kind: 'refused', reason: verdict.reason };
    }
    const eventId = deps.ids.newId();
    const isNew = await deps.database.transaction((stores) =>
      stores.inbox.append({
        id: eventId,
        receivedAt: now,
        source: provider.name,
        eventKey: verdict.eventKey,
        eventType: verdict.eventType,
        reference: verdict.reference,
        detail: verdict.detail ?? null,
        trust: verdict.trust,
        body: delivery.body,
        headers: keptHeaders(delivery.headers),
      }),
    );
    return isNew ? { kind: 'accepted', eventId } : { kind: 'duplicate' };
  };
}
