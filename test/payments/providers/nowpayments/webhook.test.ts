import { createHmac } from 'node:crypto';
import fc from 'fast-check';
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

/** What the documentation's sample does: keys sorted at every depth, and arrays become objects with an index as key. */
function signAsObjects(body: string): string {
  const sort = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const sorted: Record<string, unknown> = {};
    for (const name of Object.keys(value).sort()) sorted[name] = sort(Reflect.get(value, name));
    return sorted;
  };
  return hmacOf(JSON.stringify(sort(JSON.parse(body))));
}

function hmacOf(text: string): string {
  return createHmac('sha512', vectors.secret).update(text).digest('hex');
}

const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => 5_000_000_000 + index);

describe('an IPN', () => {
  test.each([1, 2, 10, 11, 12, 101])('with %i extra ids is taken in both ways of sorting', (count) => {
    const body = vectors.body.replace(
      /"payment_extra_ids":[^\]]*\]/,
      `"payment_extra_ids":${JSON.stringify(ids(count))}`,
    );
    expect(JSON.parse(body)).toMatchObject({ payment_extra_ids: ids(count) });
    expect(verify(body, sign(body))).toMatchObject({ kind: 'event' });
    expect(verify(body, signAsObjects(body))).toMatchObject({ kind: 'event' });
  });

  test('with names that are whole numbers is taken in the order in which JavaScript writes them', () => {
    const named = {
      '10': 'a',
      '2': { '11': 1, '3': 2, b: 3 },
      id: [[1, 2], { z: 1, '7': 2 }],
      __proto: 1,
      '01': 1,
      '-1': 1,
    };
    const body = JSON.stringify({ ...(JSON.parse(vectors.body) as object), fee: named });
    for (const sig of [sign(body), signAsObjects(body)]) expect(verify(body, sig)).toMatchObject({ kind: 'event' });
    // Sorted as texts all the way, which no JavaScript writes.
    const byText = vectors.body.replace('{', '{"10":1,"2":2,');
    expect(verify(byText, hmacOf(byText))).toMatchObject({ reason: 'signature_wrong' });
  });

  test.each([
    '1.0',
    '-0.0',
    '-12.50',
    '1e-7',
    '1E+2',
    '0.0000001',
    '12345678901234567890',
    '19.361211630000000000001',
    '1e400',
    '"caf\\u00e9 \\/ \\ud83d\\ude00"',
    '"\\u0000"',
  ])('with the value %s is taken where the text itself was signed, and only that text', (value) => {
    const bodyWith = (text: string) =>
      `{"z":[${text},{"b":null,"a":${text}}],"payment_status":"finished","payment_id":5}`;
    const signed = (text: string) =>
      hmacOf(`{"payment_id":5,"payment_status":"finished","z":[${text},{"a":${text},"b":null}]}`);
    expect(verify(bodyWith(value), signed(value))).toMatchObject({ kind: 'event' });
    expect(verify(bodyWith(value), signed('7'))).toMatchObject({ reason: 'signature_wrong' });
  });

  test('that was rewritten on its way is taken under the signature over what its sender wrote', () => {
    const body = vectors.body.replace('{', '{"rewritten":[49.0,1E2,"caf\\u00e9"],');
    expect(verify(body, sign(body))).toMatchObject({ kind: 'event' });
    expect(verify(body, signAsObjects(body))).toMatchObject({ kind: 'event' });
  });

  test('with any values is taken as it was written by whoever has read and sorted it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (extra) => {
        const body = JSON.stringify({ ...extra, payment_id: 5, payment_status: 'finished' });
        expect(verify(body, sign(body))).toMatchObject({ kind: 'event' });
      }),
    );
  });

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

  test('with an odd field is taken all the same, because only it names the payment', () => {
    for (const odd of [
      { actually_paid: 'some' },
      { updated_at: { at: 1 } },
      { payment_status: 7.5 },
      { actually_paid: [] },
    ]) {
      const body = JSON.stringify({ ...(JSON.parse(vectors.body) as object), invoice_id: 4522625843, ...odd });
      expect(verify(body, sign(body))).toMatchObject({ kind: 'event', reference: '4522625843', detail: '5745459419' });
    }
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
