// Payhip: webhooks. The `signature` is one text for ever, the hash of the account's API key, and stands in the body: it
// covers nothing and shows only that the sender has seen a webhook before. So the address has a secret end, the time has
// to be about now, and the verdict's trust is `token`.
import { hash } from 'node:crypto';
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { WebhookDelivery, WebhookRefusal, WebhookVerdict } from '../../ports/payment-provider.ts';
import { readExactJson } from '../http/exact-json.ts';
import { isMadeByAny, readHexDigest } from '../kit/hmac.ts';
import { envelopeSchema, paidSchema, refundedSchema, subscriptionSchema } from './event-body.ts';

/** Three hours of retries, and an hour for whoever holds a delivery up on its way. */
const pastMaxMs: Milliseconds = 4 * hour;
/** As far as clocks may stand apart. */
const futureMaxMs: Milliseconds = 5 * minute;

export interface PayhipWebhookRule {
  /** Any of them verifies, so that the key can be changed. */
  apiKeys: readonly string[];
  pathSecrets: readonly string[];
}

export function verifyPayhipWebhook(
  delivery: WebhookDelivery,
  rule: PayhipWebhookRule & { now: Milliseconds },
): WebhookVerdict {
  if (!delivery.wasAtItsAddress && !isAnyHashOf(sha256(delivery.pathSecret ?? ''), rule.pathSecrets)) {
    return { kind: 'no_such_address', isSigned: isSigned(delivery.body, rule) };
  }
  if (!/^application\/json\s*(?:;|$)/i.test(delivery.headers['content-type'] ?? '')) return refuse('body_malformed');
  const body = readExactJson(delivery.body);
  const envelope = envelopeSchema.safeParse(body).data;
  if (envelope === undefined) return refuse('body_malformed');
  if (!envelope.signature) return refuse('signature_missing');
  const digest = readHexDigest(envelope.signature);
  if (digest === undefined) return refuse('signature_malformed');
  if (!isAnyHashOf(digest, rule.apiKeys)) return refuse('signature_wrong');
  const event = identify(envelope.type, body);
  if (event === 'irrelevant') return { kind: 'irrelevant', eventType: envelope.type };
  if (event === undefined) return refuse('body_malformed');
  const { at, key, reference } = event;
  // An event without a time is let in, and the checks of the channel order doubt it; refusing it here would lose it.
  if (at !== null && at < rule.now - pastMaxMs) return refuse('too_old');
  if (at !== null && at > rule.now + futureMaxMs) return refuse('too_new');
  return {
    kind: 'event',
    eventKey: key,
    eventType: envelope.type,
    reference: asProviderReference(reference),
    trust: 'token',
  };
}

function isSigned(bytes: Uint8Array, { apiKeys }: PayhipWebhookRule): boolean {
  const { data } = envelopeSchema.safeParse(readExactJson(bytes));
  const digest = readHexDigest(data?.signature ?? undefined);
  return digest !== undefined && isAnyHashOf(digest, apiKeys);
}

interface Identity {
  key: string;
  reference: string;
  at: Milliseconds | null;
}

function identify(type: string, body: unknown): Identity | 'irrelevant' | undefined {
  switch (type) {
    case 'paid': {
      const paid = paidSchema.safeParse(body).data;
      return paid && { key: `paid:${paid.id}`, reference: paid.id, at: paid.date ?? null };
    }
    case 'refunded': {
      const refunded = refundedSchema.safeParse(body).data;
      if (refunded === undefined) return undefined;
      const { id, amount_refunded, date_refunded = null } = refunded;
      const key = `refunded:${id}:${date_refunded === null ? '' : date_refunded / 1000}:${amount_refunded}`;
      return { key, reference: id, at: date_refunded };
    }
    case 'subscription.created':
    case 'subscription.deleted': {
      const { data } = subscriptionSchema.safeParse(body);
      const at = type === 'subscription.created' ? data?.date_subscription_started : data?.date_subscription_deleted;
      return data && { key: `${type}:${data.subscription_id}`, reference: data.subscription_id, at: at ?? null };
    }
    default:
      return 'irrelevant';
  }
}

/** Whether it is the plain hash of one of them: Payhip signs nothing with a key. */
function isAnyHashOf(digest: Buffer, secrets: readonly string[]): boolean {
  return isMadeByAny(digest, secrets, sha256);
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function refuse(reason: WebhookRefusal): WebhookVerdict {
  return { kind: 'refused', reason };
}
