import { createHmac, timingSafeEqual } from 'node:crypto';

// The receiving half of the Standard Webhooks scheme, written from its text, because the product signs with a library:
// two readings of one specification check each other.

/** The tolerance that the scheme recommends, in both directions. */
const toleranceMs = 5 * 60_000;

export interface ReceivedWebhook {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: string;
}

/** Null when it may be believed, else why not. */
export function findLie(webhook: ReceivedWebhook, deps: { secret: string; nowMs: number }): string | null {
  const { id, timestamp, signature, body } = webhook;
  if (id === undefined || timestamp === undefined || signature === undefined) return 'a header is missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the timestamp is not one';
  if (Math.abs(deps.nowMs - Number(timestamp) * 1000) > toleranceMs) return 'the timestamp is too far from now';
  const key = Buffer.from(deps.secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const isSigned = signature.split(' ').some((part) => {
    const [version, encoded = ''] = part.split(',');
    const given = Buffer.from(encoded, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? null : 'the signature does not fit';
}
