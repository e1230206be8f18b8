// The way in: verify the raw bytes, store the event, answer. Nothing is processed in the request; a worker asks the
// provider afterwards, because the event is only a hint.
import { createHash } from 'node:crypto';
import { raiseAlert } from '#alerts/raise-alert.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import type { PaymentDeps } from './deps.ts';
import type { PaymentProvider, WebhookDelivery, WebhookRefusal } from './payment-provider.ts';

export type WebhookReceipt =
  | { kind: 'accepted'; eventId: string }
  | { kind: 'duplicate' }
  | { kind: 'irrelevant' }
  | { kind: 'refused'; reason: WebhookRefusal }
  | { kind: 'unknown_provider' };

/** So many refused webhooks are remembered per provider; older ones give way. */
const quarantineKeptMax = 200;

/** A stranger who sends forgeries may make us write, and ring, only so often per provider. */
const refusalNotedEveryMs: Milliseconds = minute;

const foundByPolling = 'Payments are still found by polling.';
const foundByHand = 'What is refused is not heard of otherwise: compare with an export.';

export type ReceiveWebhook = (input: { provider: string; delivery: WebhookDelivery }) => Promise<WebhookReceipt>;

interface Refused {
  provider: PaymentProvider;
  delivery: WebhookDelivery;
  reason: WebhookRefusal;
}

/** Resolves after the event is on disk; rejects when it could not be stored, so that the provider comes again. */
export function createWebhookReceiver(deps: PaymentDeps): ReceiveWebhook {
  const notedAt = new Map<ProviderName, Milliseconds>();

  async function noteNowAndThen(refused: Refused): Promise<void> {
    const { name } = refused.provider;
    const now = deps.clock.now();
    if (now - (notedAt.get(name) ?? Number.NEGATIVE_INFINITY) < refusalNotedEveryMs) return;
    notedAt.set(name, now);
    await noteRefusal(deps, refused);
  }

  return async ({ provider: name, delivery }) => {
    const provider = isProviderName(name) ? deps.providers.find(name) : undefined;
    if (provider === undefined) return { kind: 'unknown_provider' };
    if (delivery.pathSecret !== undefined && !provider.hasSecretAddress) return { kind: 'unknown_provider' };
    const now = deps.clock.now();
    const verdict = provider.verifyWebhook(delivery, now);
    if (verdict.kind === 'irrelevant') return { kind: 'irrelevant' };
    if (verdict.kind === 'no_such_address') {
      if (verdict.isSigned) await noteNowAndThen({ provider, delivery, reason: 'address_wrong' });
      return { kind: 'unknown_provider' };
    }
    if (verdict.kind === 'refused') {
      await noteNowAndThen({ provider, delivery, reason: verdict.reason });
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
      }),
    );
    return isNew ? { kind: 'accepted', eventId } : { kind: 'duplicate' };
  };
}

/** Keeps a hash of the forgery and rings: a wrong secret of our own looks just like one, and then real events are lost. */
async function noteRefusal(deps: PaymentDeps, input: Refused): Promise<void> {
  const { delivery, reason } = input;
  const { name: provider, capabilities } = input.provider;
  const otherwise = capabilities.canFetch ? foundByPolling : foundByHand;
  const now = deps.clock.now();
  await deps.database.transaction(async (stores) => {
    const bodyHash = createHash('sha256').update(delivery.body).digest('hex');
    await stores.quarantine.quarantine(
      {
        id: deps.ids.newId(),
        source: provider,
        receivedAt: now,
        reason,
        bodyHash,
        bodyBytes: delivery.body.byteLength,
      },
      quarantineKeptMax,
    );
    await raiseAlert(
      { stores, clock: deps.clock, ids: deps.ids },
      {
        key: `webhook_refused:${provider}`,
        kind: 'webhook_refused',
        severity: 'warning',
        orderId: null,
        paymentId: null,
        facts: {
          headline: 'Webhooks with a bad signature',
          orderNumber: null,
          amount: null,
          detail: `If you changed the webhook secret at the provider, change it here too. ${otherwise}`,
          provider,
          why: `refused: ${reason.replaceAll('_', ' ')}`,
          trust: null,
        },
        actions: [],
      },
    );
  });
}
