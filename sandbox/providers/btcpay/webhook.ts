import { createHmac } from 'node:crypto';
import type { WebhookEvent } from '../deliveries.ts';
import type { RandomIds } from '../ids.ts';
import { type Invoice, seconds } from './invoice.ts';
import type { Payout, PullPayment } from './pull-payment.ts';

// BTCPay: Webhooks.

/** The value of `BTCPay-Sig`. */
export function btcPaySignature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

interface Sender {
  readonly ids: RandomIds;
  readonly type: string;
  readonly nowMs: number;
  readonly webhookId: string;
  readonly webhookSecret: string;
}

export interface EventInput extends Sender {
  readonly invoice: Invoice;
  readonly extra: Readonly<Record<string, unknown>>;
}

export function webhookEvent({ invoice, extra, ...sender }: EventInput): WebhookEvent {
  const tail = { storeId: invoice.storeId, invoiceId: invoice.id, metadata: invoice.request.metadata };
  return signedEvent(sender, { reference: invoice.id, fields: { ...extra, ...tail } });
}

/** It names no invoice. */
export function payoutEvent({
  pull,
  payout,
  storeId,
  ...sender
}: Sender & { pull: PullPayment; payout: Payout; storeId: string }): WebhookEvent {
  const fields = { payoutId: payout.id, pullPaymentId: pull.id, payoutState: payout.state, storeId };
  return signedEvent(sender, { reference: pull.invoice.id, fields });
}

/** A copy is the same delivery; a later attempt is a redelivery with an id of its own that names the original one. */
function signedEvent(
  { type, ids, nowMs, webhookId, webhookSecret }: Sender,
  { reference, fields }: { reference: string; fields: Readonly<Record<string, unknown>> },
): WebhookEvent {
  const originalDeliveryId = ids.base58(22);
  return {
    reference,
    type,
    eventId: originalDeliveryId,
    url: undefined,
    render(attempt) {
      const envelope = {
        deliveryId: attempt === 1 ? originalDeliveryId : ids.base58(22),
        webhookId,
        originalDeliveryId,
        isRedelivery: attempt > 1,
        type,
        timestamp: seconds(nowMs),
      };
      const body = JSON.stringify({ ...envelope, ...fields }, null, 2);
      return {
        headers: { 'content-type': 'application/json', 'btcpay-sig': btcPaySignature(webhookSecret, body) },
        body,
      };
    },
  };
}
