import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyNowpaymentsWebhook } from '#payments/providers/nowpayments/webhook.ts';
import { fixtureJson } from '../support/fixtures.ts';

interface Vectors {
  secret: string;
  body: string;
  vectors: { name: string; x_nowpayments_sig: string }[];
  small_vector: { secret: string; payload: object; x_nowpayments_sig: string };
}
const vectors = fixtureJson<Vectors>('nowpayments/ipn-signature-vectors.json');
const [deep, asObjects, ...refused] = vectors.vectors;
const signature = (index: number): string => vectors.vectors[index]?.x_nowpayments_sig ?? '';

function verify(body: string, sig: string | undefined, secrets: readonly string[] = [vectors.secret]) {
  const headers: Record<string, string> = sig === undefined ? {} : { 'x-nowpayments-sig': sig };
  return verifyNowpaymentsWebhook({ headers, body: Buffer.from(body) }, secrets);
}

/** What the official SDK does: keys sorted at every depth. */
function sign(body: string, secret = vectors.secret): string {
  const sort = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sort);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, inner]) => [key, sort(inner)]),
    );
  };
  return createHmac('sha512', secret)
    .update(JSON.stringify(sort(JSON.parse(body))))
    .digest('hex');
}

describe('an IPN', () => {
  test.each([deep, asObjects])('signed by $name is taken', (vector) => {
    expect(verify(vectors.body, vector?.x_nowpayments_sig)).toMatchObject({ kind: 'event', trust: 'signed' });
  });

  test.each(refused)(
    'signed by $name is refused: something of the body is not covered, or the order is not sorted',
    (vector) => {
      expect(verify(vectors.body, vector.x_nowpayments_sig)).toEqual({ kind: 'refused', reason: 'signature_wrong' });
    },
  );

  test('on an invoice names the invoice, and the payment as a detail', () => {
    const body = vectors.body.replace('"invoice_id":null', '"invoice_id":4522625843');
    expect(verify(body, sign(body))).toEqual({
      kind: 'event',
      eventKey: '5745459419:finished:19.36121163:2026-09-17T15:21:40.120Z',
      eventType: 'payment_finished',
      reference: '4522625843',
      detail: '5745459419',
      trust: 'signed',
    });
  });

  test('without an invoice names the payment itself', () => {
    const verdict = verify(vectors.body, signature(0));
    expect(verdict).toMatchObject({ reference: '5745459419' });
    expect('detail' in verdict).toBe(false);
  });

  test('that was captured is read, with a time in milliseconds', () => {
    const body = JSON.stringify(fixtureJson('nowpayments/ipn-finished.captured-2025-06.json'));
    expect(verify(body, sign(body))).toMatchObject({
      kind: 'event',
      reference: '6301727088',
      detail: '6145518892',
      eventKey: '6145518892:finished:0.13598286:1749037915966',
    });
  });

  test('about a payout is none of ours', () => {
    const body = JSON.stringify(fixtureJson('nowpayments/payout-ipn.json'));
    expect(verify(body, sign(body))).toEqual({ kind: 'irrelevant', eventType: 'unknown' });
  });

  test('verifies under either secret while one replaces the other, and under none that is empty', () => {
    expect(verify(vectors.body, signature(0), ['new', vectors.secret])).toMatchObject({ kind: 'event' });
    expect(verify(vectors.body, sign(vectors.body, ''), [''])).toMatchObject({ kind: 'refused' });
    expect(verify(vectors.body, sign(vectors.body, 'guessed'))).toMatchObject({ reason: 'signature_wrong' });
  });

  test.each([
    ['no signature', undefined, 'signature_missing'],
    ['an empty signature', '', 'signature_missing'],
    ['a signature that is no hex', 'z'.repeat(128), 'signature_malformed'],
    ['half a signature', signature(0).slice(0, 64), 'signature_malformed'],
  ])('with %s is refused', (_what, sig, reason) => {
    expect(verify(vectors.body, sig)).toEqual({ kind: 'refused', reason });
  });

  test('with any character of its signature changed is refused', () => {
    const good = signature(0);
    for (let index = 0; index < good.length; index += 1) {
      const other = good[index] === '0' ? '1' : '0';
      const spoilt = `${good.slice(0, index)}${other}${good.slice(index + 1)}`;
      expect(verify(vectors.body, spoilt), `character ${index}`).toMatchObject({ reason: 'signature_wrong' });
    }
  });

  test('with any value of its body changed is refused, nested ones too', () => {
    const parsed = JSON.parse(vectors.body) as Record<string, unknown>;
    for (const name of Object.keys(parsed)) {
      const changed = JSON.stringify({ ...parsed, [name]: 'changed' });
      expect(verify(changed, signature(0)), name).toMatchObject({ reason: 'signature_wrong' });
    }
    const fee = JSON.stringify({ ...parsed, fee: { ...(parsed['fee'] as object), serviceFee: 0.24 } });
    expect(verify(fee, signature(0))).toMatchObject({ reason: 'signature_wrong' });
  });

  test.each(['', 'null', '[]', '"text"', '{', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`])(
    'of %j is refused',
    (body) => {
      expect(verify(body, signature(0))).toEqual({ kind: 'refused', reason: 'body_malformed' });
    },
  );

  test('agrees with the small vector of the official SDK', () => {
    const { secret, payload, x_nowpayments_sig } = vectors.small_vector;
    expect(verify(JSON.stringify(payload), x_nowpayments_sig, [secret])).toEqual({
      kind: 'irrelevant',
      eventType: 'unknown',
    });
  });
});
