import { createHmac } from 'node:crypto';
import type { WebhookEvent } from '../deliveries.ts';
import { randomBase58 } from '../ids.ts';
import { type Invoice, seconds } from './invoice.ts';

// BTCPay: Webhooks.

/** The value of `BTCPay-Sig`. */
export function btcPaySignature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export interface EventInput {
  readonly invoice: Invoice;
  readonly type: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
  readonly webhookId: string;
  readonly webhookSecret: string;
}

/** A copy is the same delivery; a later attempt is a redelivery with an id of its own that names the original one. */
export function webhookEvent({ invoice, type, extra, nowMs, webhookId, webhookSecret }: EventInput): WebhookEvent {
  const originalDeliveryId = randomBase58(22);
  const tail = { storeId: invoice.storeId, invoiceId: invoice.id, metadata: invoice.request.metadata };
  return {
    reference: invoice.id,
    type,
    eventId: originalDeliveryId,
    url: undefined,
    render(attempt) {
      const envelope = {
        deliveryId: attempt === 1 ? originalDeliveryId : randomBase58(22),
        webhookId,
        originalDeliveryId,
        isRedelivery: attempt > 1,
        type,
        timestamp: seconds(nowMs),
      };
      const body = JSON.stringify({ ...envelope, ...extra, ...tail }, null, 2);
      return {
        headers: { 'content-type': 'application/json', 'btcpay-sig': btcPaySignature(webhookSecret, body) },
        body,
      };
    },
  };
}
