import { z } from 'zod';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookRefusal, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readJsonTexts } from '../http/exact-json.ts';
import { idText } from '../kit/body-fields.ts';
import { isKeyedHash, readHexDigest } from '../kit/hmac.ts';

// Coinbase: Checkouts, Webhooks. The signature is that of Hook0: `t=…,v0=…,h=…,v1=…`, where v0 covers time and body, and
// v1 also the headers that `h` names. If v1 is offered it decides, and a good v0 does not rescue it.

/** Five minutes: the tolerance of Coinbase's own sample; here into the future too. */
const toleranceMs = 5 * minute;

const followed: ReadonlySet<string> = new Set([
  'checkout.payment.success',
  'checkout.payment.failed',
  'checkout.payment.expired',
  'checkout.refund.success',
  'checkout.refund.failed',
]);

const refundSchema = z.object({
  id: z.string().max(128),
  status: z.string(),
  createdAt: z.string().nullish(),
  completedAt: z.string().nullish(),
});
const bodySchema = z.object({
  id: idText,
  eventType: z.string(),
  // What is odd here is left out of the event's key, and the payment is fetched all the same.
  status: z.string().max(64).nullish().catch(null),
  updatedAt: z.string().max(64).nullish().catch(null),
  refunds: z.array(refundSchema.nullable().catch(null)).nullish().catch(null),
});

export interface CoinbaseWebhookRule {
  secrets: readonly string[];
  scheme?: 'headers' | 'body' | undefined;
  now: Milliseconds;
}

export function verifyCoinbaseWebhook(delivery: WebhookDelivery, rule: CoinbaseWebhookRule): WebhookVerdict {
  const refusal = findRefusal(delivery, rule);
  if (refusal !== undefined) return { kind: 'refused', reason: refusal };
  const body = readJsonTexts(delivery.body);
  const envelope = z.object({ eventType: z.string().max(128) }).safeParse(body);
  if (body === undefined) return { kind: 'refused', reason: 'body_malformed' };
  const eventType = envelope.data?.eventType ?? 'unknown';
  if (!followed.has(eventType)) return { kind: 'irrelevant', eventType };
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { kind: 'refused', reason: 'body_malformed' };
  const { id } = parsed.data;
  return {
    kind: 'event',
    eventKey: `${id}:${eventType}:${momentOf(parsed.data)}`,
    eventType,
    reference: asProviderReference(id),
    trust: 'signed',
  };
}

function findRefusal(delivery: WebhookDelivery, rule: CoinbaseWebhookRule): WebhookRefusal | undefined {
  const header = delivery.headers['x-hook0-signature'];
  if (header === undefined || header === '') return 'signature_missing';
  const fields = readFields(header);
  const t = fields?.get('t');
  if (fields === undefined || t === undefined || !/^\d{1,12}$/.test(t)) return 'signature_malformed';
  const refusal =
    fields.has('v1') && rule.scheme !== 'body'
      ? checkHeaderScheme(delivery, { fields, t, rule })
      : checkDigest(fields.get('v0'), { secrets: rule.secrets, parts: [`${t}.`, delivery.body] });
  if (refusal !== undefined) return refusal;
  const ageMs = rule.now - Number(t) * second;
  if (ageMs > toleranceMs) return 'too_old';
  return ageMs < -toleranceMs ? 'too_new' : undefined;
}

/** Undefined for a field without a name or value, or one that comes twice. */
function readFields(header: string): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const part of header.split(',')) {
    const [, name, value] = /^\s*(\w+)=(.+?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  return fields;
}

function checkHeaderScheme(
  { headers, body }: WebhookDelivery,
  { fields, t, rule }: { fields: ReadonlyMap<string, string>; t: string; rule: CoinbaseWebhookRule },
): WebhookRefusal | undefined {
  const h = fields.get('h');
  if (h === undefined) return 'signature_malformed';
  const values: string[] = [];
  for (const name of h.split(' ')) {
    const value = Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : undefined;
    if (value === undefined) return 'header_missing';
    values.push(value);
  }
  return checkDigest(fields.get('v1'), { secrets: rule.secrets, parts: [`${t}.${h}.${values.join('.')}.`, body] });
}

function checkDigest(
  text: string | undefined,
  about: { secrets: readonly string[]; parts: readonly (string | Uint8Array)[] },
): WebhookRefusal | undefined {
  const digest = readHexDigest(text);
  if (digest === undefined) return 'signature_malformed';
  return isKeyedHash(digest, about) ? undefined : 'signature_wrong';
}

/**
 * What tells two events of one type and checkout apart, taken from the signed body: the refund that was decided last, or
 * when the checkout changed. `X-Event-Id` is not used, because v0 does not cover it and a replay could carry any.
 */
function momentOf(body: z.infer<typeof bodySchema>): string {
  const decided = body.eventType === 'checkout.refund.success' ? 'COMPLETED' : 'FAILED';
  const refunds = body.eventType.startsWith('checkout.refund.') ? (body.refunds ?? []) : [];
  const newest = refunds
    .filter((refund) => refund !== null)
    .filter(({ status }) => status === decided)
    .sort((left, right) => momentOfRefund(right).localeCompare(momentOfRefund(left)))[0];
  return newest?.id ?? body.updatedAt ?? body.status ?? '';
}

function momentOfRefund(refund: z.infer<typeof refundSchema>): string {
  return `${refund.completedAt ?? refund.createdAt ?? ''} ${refund.id}`;
}
