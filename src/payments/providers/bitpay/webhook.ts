import { z } from 'zod';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readExactJson } from '../http/exact-json.ts';
import { idText } from '../kit/body-fields.ts';
import { isKeyedHash, readBase64Digest } from '../kit/hmac.ts';

// BitPay: Webhooks, HMAC verification. The key is the token that made the invoice. There is no time in the signature, so
// a replay is answered by the event key and by asking BitPay for the invoice. BitPay says that accounts whose deliveries
// carry no signature may exist; theirs are refused, and polling takes their place.

const word = z.string().max(128);
/** Only tells two events apart: the invoice is fetched whatever stands there. */
const anyWord = word.nullish().catch(null);
const invoiceEventSchema = z.object({
  event: z.object({ name: word, timestamp: anyWord }),
  data: z.object({ id: idText, status: anyWord }),
});
const refundEventSchema = z.object({
  event: z.object({ name: word, timestamp: anyWord }),
  data: z.object({ id: idText, invoice: idText, status: anyWord }),
});
const standardSchema = z.object({ id: idText, status: word, price: z.string(), currency: z.string() });
const extendedSchema = z.object({ event: z.object({ name: word }) });

export function verifyBitpayWebhook(delivery: WebhookDelivery, secrets: readonly string[]): WebhookVerdict {
  const header = delivery.headers['x-signature'];
  if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };
  const digest = readBase64Digest(header);
  if (digest === undefined) return { kind: 'refused', reason: 'signature_malformed' };
  if (!isKeyedHash(digest, { secrets, parts: [delivery.body] })) return { kind: 'refused', reason: 'signature_wrong' };
  const body = readExactJson(delivery.body);
  if (body === undefined) return { kind: 'refused', reason: 'body_malformed' };
  const extended = extendedSchema.safeParse(body);
  return extended.success ? readExtended(body, extended.data.event.name) : readStandard(body);
}

function readExtended(body: unknown, eventType: string): WebhookVerdict {
  if (eventType.startsWith('invoice_')) {
    const parsed = invoiceEventSchema.safeParse(body);
    if (!parsed.success) return { kind: 'refused', reason: 'body_malformed' };
    const { event, data } = parsed.data;
    const moment = event.timestamp ?? data.status ?? '';
    return toEvent({ reference: data.id, eventType, eventKey: `${data.id}:${eventType}:${moment}` });
  }
  const refund = eventType.startsWith('refund_') ? refundEventSchema.safeParse(body) : undefined;
  if (!refund?.success) return { kind: 'irrelevant', eventType };
  const { event, data } = refund.data;
  const moment = event.timestamp ?? data.status ?? '';
  return toEvent({ reference: data.invoice, eventType, eventKey: `${data.id}:${eventType}:${moment}` });
}

/** The flat format has no event: the status that the invoice had is what happened. */
function readStandard(body: unknown): WebhookVerdict {
  const parsed = standardSchema.safeParse(body);
  if (!parsed.success) return { kind: 'irrelevant', eventType: 'unknown' };
  const { id, status } = parsed.data;
  return toEvent({ reference: id, eventType: `invoice_${status}`, eventKey: `${id}:${status}` });
}

function toEvent(event: { reference: string; eventType: string; eventKey: string }): WebhookVerdict {
  return { kind: 'event', ...event, reference: asProviderReference(event.reference), trust: 'signed' };
}
