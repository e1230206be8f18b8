import { z } from 'zod';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readExactJson } from '../http/exact-json.ts';
import { decimalText, idText } from '../kit/body-fields.ts';
import { isKeyedHash } from '../kit/hmac.ts';

// NOWPayments: IPN. The signature is an HMAC-SHA512 over the body written anew with its keys sorted, not over the bytes. Two
// ways of sorting are accepted, that of the official SDK and that of the documentation's sample, which turns arrays into
// objects; and values as they stand in the body, or as JavaScript writes them. Each is an HMAC with the secret over all of
// the body. There is no time in it: a replay is answered by the event key and by asking for the payment.

/** Deeper bodies are not theirs: a real one has two levels. */
const depthMax = 16;

/** Only an IPN names the payment, so that nothing but its id has to be understood. */
const eventSchema = z.object({
  payment_id: idText,
  payment_status: z.string().max(64).catch('unknown'),
  invoice_id: idText.nullish().catch(null),
  actually_paid: decimalText.nullish().catch(null),
  updated_at: z.string().max(64).nullish().catch(null),
});

export function verifyNowpaymentsWebhook(delivery: WebhookDelivery, secrets: readonly string[]): WebhookVerdict {
  const header = delivery.headers['x-nowpayments-sig'];
  if (header === undefined || header === '') return { kind: 'refused', reason: 'signature_missing' };
  if (!/^[0-9a-f]{128}$/i.test(header)) return { kind: 'refused', reason: 'signature_malformed' };
  const parsed = parse(delivery.body);
  if (parsed === undefined) return { kind: 'refused', reason: 'body_malformed' };
  const texts = forms.map((form) => sortedJson(parsed, form));
  if (texts.includes(undefined)) return { kind: 'refused', reason: 'body_malformed' };
  const given = Buffer.from(header, 'hex');
  // All texts are always compared, so that the time it takes does not show which one matched.
  const matches = texts.map((text = '') => isKeyedHash(given, { secrets, parts: [text], algorithm: 'sha512' }));
  if (!matches.includes(true)) return { kind: 'refused', reason: 'signature_wrong' };
  const event = eventSchema.safeParse(readExactJson(delivery.body));
  if (!event.success) return { kind: 'irrelevant', eventType: 'unknown' };
  const { payment_id: id, payment_status: status, invoice_id: invoice, actually_paid: paid, updated_at } = event.data;
  const key = `${id}:${status}:${paid ?? ''}:${updated_at ?? ''}`;
  const common = { kind: 'event', eventKey: key, eventType: `payment_${status}`, trust: 'signed' } as const;
  if (invoice) return { ...common, reference: asProviderReference(invoice), detail: id };
  // A payment without an invoice, or a deposit beside one: it is fetched by its own id.
  return { ...common, reference: asProviderReference(id) };
}

/** A text, number, boolean or null of the body. */
class Value {
  /** As it stands in the body: `1.0`, `1e-7`, `"caf\\u00e9"`. */
  readonly sent: string;
  /** As a program of JavaScript writes it after it has read it: `1`, `1e-7`, `"café"`. */
  readonly rewritten: string;

  constructor(sent: string, value: unknown) {
    this.sent = sent;
    this.rewritten = JSON.stringify(value);
  }
}

/** Every object and list of the body as it is, with a `Value` in place of each value. */
function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), keepValue);
    return isObject(value) && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// ES2026 hands the source text to a reviver; the types of the standard library do not know it yet.
function keepValue(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  return context?.source === undefined ? value : new Value(context.source, value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Value);
}

interface Form {
  arrays: 'kept' | 'as_objects';
  values: 'sent' | 'rewritten';
}

const forms: readonly Form[] = [
  { arrays: 'kept', values: 'sent' },
  { arrays: 'as_objects', values: 'sent' },
  { arrays: 'kept', values: 'rewritten' },
  { arrays: 'as_objects', values: 'rewritten' },
];

/** The body as the sender signed it: keys sorted at every depth. Undefined when it is too deep. */
function sortedJson(value: unknown, form: Form, depth = 0): string | undefined {
  if (depth > depthMax) return undefined;
  if (value instanceof Value) return value[form.values];
  if (!isObject(value)) return undefined;
  const isList = Array.isArray(value) && form.arrays === 'kept';
  const parts = isList
    ? value.map((item) => sortedJson(item, form, depth + 1))
    : sortedNames(value).map((name) => {
        const inner = sortedJson(Reflect.get(value, name), form, depth + 1);
        return inner === undefined ? undefined : `${JSON.stringify(name)}:${inner}`;
      });
  if (parts.includes(undefined)) return undefined;
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

/**
 * The sender sorts by text and writes an object, and every object of JavaScript begins with the names that are whole
 * numbers, in the order of numbers: `2` before `10` before `id`.
 */
function sortedNames(value: object): string[] {
  const names = Object.keys(value).sort();
  return Object.keys(Object.fromEntries(names.map((name) => [name, true])));
}
