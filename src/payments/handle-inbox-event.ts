import { raiseAlert } from '#alerts/raise-alert.ts';
import { asProviderReference, type PaymentId, type ProviderReference } from '#kernel/ids.ts';
import { formatAsset } from '#kernel/money.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import type { DeliveryResult } from '#messaging/outbox-handler.ts';
import type { Cause } from '#orders/timeline.ts';
import type { PaymentDeps } from './deps.ts';
import { refreshPayment } from './refresh-payment.ts';
import type { PaymentSnapshot } from './snapshot.ts';

/** What a worker does with a received event: it asks the provider about the payment that the event names. */
export async function handleInboxEvent(
  deps: PaymentDeps,
  event: InboxEvent,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const provider = isProviderName(event.source) ? event.source : undefined;
  if (provider === undefined) return { kind: 'give_up', reason: `there is no provider ${event.source}` };
  const reference = asProviderReference(event.reference);
  const cause: Cause = { kind: 'webhook', id: event.id, actor: { kind: 'provider', id: provider } };
  const paymentId = await findPaymentId(deps, { provider, reference, signal });
  if (typeof paymentId === 'object') return noteUnknownPayment(deps, { snapshot: paymentId.foreign });
  const refresh = await refreshPayment(deps, { paymentId, claimedReference: reference, cause, signal });
  switch (refresh.kind) {
    case 'changed':
      return { kind: 'done', outcome: `${refresh.from} -> ${refresh.to}` };
    case 'unchanged':
      return { kind: 'done', outcome: 'unchanged' };
    case 'unknown':
      return { kind: 'done', outcome: 'unknown payment' };
    case 'provider_off':
      return { kind: 'give_up', reason: `the provider ${provider} is not configured` };
    case 'busy':
      // By the queue's own backoff: a lease of a process that died lasts for minutes, and no event may be given up for it.
      return { kind: 'retry', error: 'the payment is in other hands', retryAfterMs: null, pausesLane: false };
    case 'provider_failed':
      return { kind: 'retry', error: refresh.error.message, retryAfterMs: null, pausesLane: false };
    default:
      return refresh satisfies never;
  }
}

/**
 * Our payment behind a provider's reference. A reference we do not know may belong to a create whose answer was lost:
 * the provider itself, asked about it, echoes our payment id.
 */
async function findPaymentId(
  deps: PaymentDeps,
  input: { provider: ProviderName; reference: ProviderReference; signal: AbortSignal },
): Promise<PaymentId | { foreign: PaymentSnapshot | undefined }> {
  const known = await deps.database.read((stores) => stores.payments.findPaymentByReference(input));
  if (known !== undefined) return known.id;
  const snapshot = await deps.providers.find(input.provider)?.fetchPayment(input.reference, input.signal);
  const paymentId = snapshot?.paymentId ?? null;
  if (paymentId === null) return { foreign: snapshot };
  const claimed = await deps.database.read((stores) => stores.payments.findPayment(paymentId));
  const isOurs = claimed?.provider === input.provider;
  // A second checkout that the provider made for one payment is not the one that we ask about.
  const isOther = claimed?.reference !== null && claimed?.reference !== input.reference;
  return isOurs && !isOther ? claimed.id : { foreign: snapshot };
}

/** A payment that was made past us is only worth a ring once money is in it. */
async function noteUnknownPayment(
  deps: PaymentDeps,
  input: { snapshot: PaymentSnapshot | undefined },
): Promise<DeliveryResult> {
  const { snapshot } = input;
  if (snapshot?.state !== 'confirmed') return { kind: 'done', outcome: 'unknown payment' };
  await deps.database.transaction((stores) =>
    raiseAlert(
      { stores, clock: deps.clock, ids: deps.ids },
      {
        key: `payment_unknown:${snapshot.provider}:${snapshot.reference}`,
        kind: 'payment_unknown',
        severity: 'warning',
        orderId: null,
        paymentId: null,
        facts: {
          headline: 'Money came for a payment that is not ours',
          orderNumber: null,
          amount: formatAsset(snapshot.requested),
          detail: `Reference ${snapshot.reference}`,
          provider: snapshot.provider,
          why: snapshot.providerStatus,
          trust: snapshot.trust,
        },
        actions: [],
      },
    ),
  );
  return { kind: 'done', outcome: 'unknown payment with money' };
}
