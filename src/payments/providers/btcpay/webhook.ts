import { hash } from 'node:crypto';
import { z } from 'zod';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readJsonTexts } from '../http/exact-json.ts';
import { idText, lenient } from '../kit/body-fields.ts';
import { isKeyedHash, readHexDigest } from '../kit/hmac.ts';

// BTCPay Server: webhooks. `BTCPay-Sig: sha256=<hex>` over the raw body, which is indented JSON with the line ends of the
// server's platform. There is no time in the signature: a replay is answered by the event key.

// Payout events are not followed: they name a pull payment and no invoice, so that nobody could say which payment to ask
// about. `InvoiceRefund` reports that a refund was made; its claims are found by fetching the refund.
const followed: ReadonlySet<string> = new Set([
  'InvoiceCreated',
  'InvoiceReceivedPayment',
  'InvoicePaymentSettled',
  'InvoiceProcessing',
  'InvoiceExpired',
  'InvoiceExpiredPaidPartial',
  'InvoicePaidAfterExpiration',
  'InvoiceSettled',
  'InvoiceInvalid',
  'InvoiceRefund',
]);

const envelopeSchema = z.object({ type: z.string().max(128), storeId: z.string().nullish() });
/** The ids of a delivery only tell events apart. */
const eventSchema = z.object({
  invoiceId: idText,
  deliveryId: lenient(idText),
  originalDeliveryId: lenient(idText),
  /** So spelled by old servers. */
  orignalDeliveryId: lenient(idText),
});

export function verifyBtcpayWebhook(
  delivery: WebhookDelivery,
  rule: { webhookSecrets: readonly string[]; storeId: string },
): WebhookVerdict {
  const header = delivery.headers['btcpay-sig'];
  if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };
  const digest = header.startsWith('sha256=') ? readHexDigest(header.slice('sha256='.length)) : undefined;
  if (digest === undefined) return { kind: 'refused', reason: 'signature_malformed' };
  const isSigned = isKeyedHash(digest, { secrets: rule.webhookSecrets, parts: [delivery.body] });
  if (!isSigned) return { kind: 'refused', reason: 'signature_wrong' };
  const body = readJsonTexts(delivery.body);
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return { kind: 'refused', reason: 'body_malformed' };
  const { type: eventType, storeId } = envelope.data;
  if (storeId && storeId !== rule.storeId) return { kind: 'refused', reason: 'not_ours' };
  if (!followed.has(eventType)) return { kind: 'irrelevant', eventType };
  const event = eventSchema.safeParse(body);
  if (!event.success) return { kind: 'refused', reason: 'body_malformed' };
  if (!storeId) return { kind: 'refused', reason: 'not_ours' };
  const { invoiceId, deliveryId, originalDeliveryId, orignalDeliveryId } = event.data;
  return {
    kind: 'event',
    eventKey: originalDeliveryId ?? orignalDeliveryId ?? deliveryId ?? hash('sha256', delivery.body),
    eventType,
    reference: asProviderReference(invoiceId),
    trust: 'signed',
  };
}
