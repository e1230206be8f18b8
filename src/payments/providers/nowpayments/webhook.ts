import { z } from 'zod';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readExactJson } from '../http/exact-json.ts';
import { decimalText, idText } from '../kit/body-fields.ts';
import { isKeyedHash } from '../kit/hmac.ts';

// NOWPayments: IPN. The signature is an HMAC-SHA512 over the body written anew with its keys sorted, not over the bytes. Two
// ways of sorting are accepted, that of the official SDK and that of the documentation's sample, which turns arrays into
// objects: each is an HMAC with the secret over all of the body. There is no time in it: a replay is answered by the event
// key and by asking for the payment.

/** Deeper bodies are not theirs: a real one has two levels. */
const depthMax = 16;

const eventSchema = z.object({
  payment_id: idText,
  payment_status: z.string().max(64),
  invoice_id: z.union([idText, z.null()]).optional(),
  actually_paid: decimalText.nullish(),
  updated_at: z.string().max(64).nullish(),
});

export function verifyNowpaymentsWebhook(delivery: WebhookDelivery, secrets: readonly string[]): WebhookVerdict {
  const header = delivery.headers['x-nowpayments-sig'];
  if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };
  if (!/^[0-9a-f]{128}$/i.test(header)) return { kind: 'refused', reason: 'signature_malformed' };
  const parsed = parse(delivery.body);
  if (parsed === undefined) return { kind: 'refused', reason: 'body_malformed' };
  const texts = [sortedJson(parsed, 'arrays_kept'), sortedJson(parsed, 'arrays_as_objects')];
  if (texts.includes(undefined)) return { kind: 'refused', reason: 'body_malformed' };
  const given = Buffer.from(header, 'hex');
  // Both texts are always compared, so that the time it takes does not show which one matched.
  const matches = texts.map((text = '') => isKeyedHash(given, { secrets, parts: [text], algorithm: 'sha512' }));
  if (!matches.includes(true)) return { kind: 'refused', reason: 'signature_wrong' };
  // The numbers are read once more, as their digits: what was signed went through floats.
  const event = eventSchema.safeParse(readExactJson(delivery.body));
  if (!event.success) return { kind: 'irrelevant', eventType: 'unknown' };
  const { payment_id: id, payment_status: status, invoice_id: invoice, actually_paid: paid, updated_at } = event.data;
  const key = `${id}:${status}:${paid ?? ''}:${updated_at ?? ''}`;
  const common = { kind: 'event', eventKey: key, eventType: `payment_${status}`, trust: 'signed' } as const;
  if (invoice) return { ...common, reference: asProviderReference(invoice), detail: id };
  // A payment without an invoice, or a deposit beside one: it is fetched by its own id.
  return { ...common, reference: asProviderReference(id) };
}

function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The body as the sender signed it: keys sorted at every depth. Undefined when it is too deep. */
function sortedJson(value: unknown, arrays: 'arrays_kept' | 'arrays_as_objects', depth = 0): string | undefined {
  if (depth > depthMax) return undefined;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value) && arrays === 'arrays_kept';
  const names = isList ? [] : Object.keys(value).sort();
  const parts = isList
    ? value.map((item) => sortedJson(item, arrays, depth + 1))
    : names.map((name) => {
        const inner = sortedJson(Reflect.get(value, name), arrays, depth + 1);
        return inner === undefined ? undefined : `${JSON.stringify(name)}:${inner}`;
      });
  if (parts.includes(undefined)) return undefined;
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
