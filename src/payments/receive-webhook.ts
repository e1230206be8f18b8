// The way in: verify the raw bytes, store the event, answer. Nothing is processed in the request; a worker asks the
// provider afterwards, because the event is only a hint.
import { isProviderName } from '#kernel/provider-name.ts';
import type { PaymentDeps } from './deps.ts';
import type { WebhookDelivery, WebhookRefusal } from './payment-provider.ts';
import { createRefusedKeeper } from './webhooks/keep-refused.ts';
import { keptHeaders } from './webhooks/kept-headers.ts';

export type WebhookReceipt =
  | { kind: 'accepted'; eventId: string }
  | { kind: 'duplicate' }
  | { kind: 'irrelevant' }
  | { kind: 'refused'; reason: WebhookRefusal }
  | { kind: 'unknown_provider' };

export type ReceiveWebhook = (input: { provider: string; delivery: WebhookDelivery }) => Promise<WebhookReceipt>;

/** Resolves after the event is on disk; rejects when it could not be stored, so that the provider comes again. */
export function createWebhookReceiver(deps: PaymentDeps): ReceiveWebhook {
  const keepRefused = createRefusedKeeper(deps);

  return async ({ provider: name, delivery }) => {
    const provider = isProviderName(name) ? deps.providers.find(name) : undefined;
    if (provider === undefined) return { kind: 'unknown_provider' };
    const now = deps.clock.now();
    const verdict = provider.verifyWebhook(delivery, now);
    if (verdict.kind === 'irrelevant') return { kind: 'irrelevant' };
    if (verdict.kind === 'refused') {
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
