import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { verifyPayhipWebhook } from '#payments/providers/payhip/webhook.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';

const vector = fixtureJson<{ api_key: string; signature: string }>('payhip/signature-vector.json');
const pathSecret = 'a-long-random-end-0123456789';
const soldAt = 1_703_693_218_000;
const rule = { apiKeys: [vector.api_key], pathSecrets: [pathSecret], now: soldAt + minute };
type Body = Record<string, unknown>;

const paid = fixtureJson<Body>('payhip/webhook-paid.json');
const refunded = fixtureJson<Body>('payhip/webhook-refunded.json');

function verify(
  body: Body | string,
  about: { headers?: Record<string, string>; pathSecret?: string | undefined; rule?: Partial<typeof rule> } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const given = 'pathSecret' in about ? about.pathSecret : pathSecret;
  const headers = about.headers ?? { 'content-type': 'application/json' };
  const delivery = { headers, body: Buffer.from(text), ...(given !== undefined && { pathSecret: given }) };
  return verifyPayhipWebhook(delivery, { ...rule, ...about.rule });
}

describe('an authentic delivery', () => {
  test.each([
    ['paid', 'paid:ZGjVj5x4GN', 'ZGjVj5x4GN', soldAt],
    ['refunded', 'refunded:ZGjVj5x4GN:1703696818:900', 'ZGjVj5x4GN', 1_703_696_818_000],
    ['subscription.created', 'subscription.created:SUB_TEST123', 'SUB_TEST123', soldAt],
    ['subscription.deleted', 'subscription.deleted:SUB_TEST123', 'SUB_TEST123', 1_703_779_618_000],
  ])('%s is an event that only a token stands for', (eventType, eventKey, reference, now) => {
    const verdict = verify(fixture(`payhip/webhook-${eventType}.json`), { rule: { now } });
    expect(verdict).toEqual({ kind: 'event', eventKey, eventType, reference, trust: 'token' });
  });

  test('verifies under each key and each path secret while they are changed', () => {
    const old = { apiKeys: ['new-key', vector.api_key], pathSecrets: ['new-end', pathSecret] };
    expect(verify(paid, { rule: old }).kind).toBe('event');
    expect(verify(paid, { rule: { apiKeys: ['new-key'] } })).toEqual({ kind: 'refused', reason: 'signature_wrong' });
  });

  test('has one key however its numbers are written', () => {
    const asText = { ...refunded, date_refunded: '1703696818', amount_refunded: '900', price: '900' };
    expect(verify(asText, { rule: { now: 1_703_696_818_000 } })).toMatchObject({
      eventKey: 'refunded:ZGjVj5x4GN:1703696818:900',
    });
    expect(verify({ ...paid, date: String(soldAt / 1000), price: '900' }).kind).toBe('event');
  });

  test('is taken in every form in which PHP writes lists and whole numbers', () => {
    const [item] = paid['items'] as Body[];
    const text = JSON.stringify({ ...paid, items: { '1': item }, coupons: { '3': { code: 'HALF', percentage: 50 } } });
    const asFloats = text.replaceAll(/:(\d+)(?=[,}])/g, ':$1.0');
    expect(asFloats).toContain('"price":900.0');
    expect(verify(asFloats)).toMatchObject({ kind: 'event', eventKey: 'paid:ZGjVj5x4GN' });
    expect(verify({ ...paid, items: 'nonsense' }).kind).toBe('event');
    const returned = JSON.stringify(refunded).replace('"amount_refunded":900', '"amount_refunded":900.0');
    expect(verify(returned, { rule: { now: 1_703_696_818_000 } })).toMatchObject({
      eventKey: 'refunded:ZGjVj5x4GN:1703696818:900',
    });
  });

  test('of a type that nobody follows is irrelevant', () => {
    expect(verify({ ...paid, type: 'license.used' })).toEqual({ kind: 'irrelevant', eventType: 'license.used' });
  });

  test('may come with a charset, and with fields that nobody knows', () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(verify({ ...paid, weather: { is: ['sunny'] } }, { headers }).kind).toBe('event');
  });

  test('that does not say when is let in: its time is doubted with the sale', () => {
    const { date: _date, ...timeless } = paid;
    expect(verify(timeless).kind).toBe('event');
    expect(verify({ ...paid, date: 'yesterday' }).kind).toBe('event');
  });
});

describe('a lie', () => {
  test.each([
    ['no path secret', undefined],
    ['an empty one', ''],
    ['a wrong one', 'a-long-random-end-0123456788'],
    ['half of it', pathSecret.slice(0, 10)],
    ['one with a slash', `${pathSecret}/`],
  ])('%s: there is no such address', (_lie, given) => {
    expect(verify(paid, { pathSecret: given })).toEqual({ kind: 'no_such_address', isSigned: true });
    expect(verify({ ...paid, signature: 'x' }, { pathSecret: given })).toMatchObject({ isSigned: false });
    expect(verify('no json', { pathSecret: given })).toMatchObject({ isSigned: false });
  });

  test('without a secret of ours nothing matches, not even nothing', () => {
    expect(verify(paid, { pathSecret: '', rule: { pathSecrets: [''] } }).kind).toBe('no_such_address');
    expect(verify(paid, { rule: { apiKeys: [''] } })).toMatchObject({ reason: 'signature_wrong' });
  });

  test.each<[lie: string, body: Body | string, reason: string]>([
    ['no signature', { ...paid, signature: undefined }, 'signature_missing'],
    ['an empty signature', { ...paid, signature: '' }, 'signature_missing'],
    ['a signature of noise', { ...paid, signature: 'zz' }, 'signature_malformed'],
    ['the API key itself', { ...paid, signature: vector.api_key }, 'signature_malformed'],
    ['a signature with a byte changed', { ...paid, signature: vector.signature.replace('f', 'e') }, 'signature_wrong'],
    ['the hash of another key', { ...paid, signature: 'ab'.repeat(32) }, 'signature_wrong'],
    ['no JSON', 'paid=1', 'body_malformed'],
    ['a list', '[]', 'body_malformed'],
    ['no type', { ...paid, type: undefined }, 'body_malformed'],
    ['no id', { ...paid, id: undefined }, 'body_malformed'],
    ['an id with a path in it', { ...paid, id: '../x' }, 'body_malformed'],
    ['no price', { ...paid, price: undefined }, 'body_malformed'],
    ['a price with a fraction', { ...paid, price: 9.5 }, 'body_malformed'],
    ['a price in another unit', { ...paid, price: '24.00' }, 'body_malformed'],
    ['a negative price', { ...paid, price: -900 }, 'body_malformed'],
    ['a currency that is none', { ...paid, currency: 'COINS' }, 'body_malformed'],
    ['a refund without an amount', { ...refunded, amount_refunded: null }, 'body_malformed'],
    ['a subscription without an id', { type: 'subscription.created', signature: vector.signature }, 'body_malformed'],
    ['a sale of five hours ago', { ...paid, date: soldAt / 1000 - 5 * 3_600 }, 'too_old'],
    ['a sale of the future', { ...paid, date: soldAt / 1000 + 600 }, 'too_new'],
  ])('%s is refused', (_lie, body, reason) => {
    expect(verify(body)).toEqual({ kind: 'refused', reason });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'a body of the type %j is refused',
    (type) => {
      expect(verify(paid, { headers: { 'content-type': type } })).toEqual({
        kind: 'refused',
        reason: 'body_malformed',
      });
    },
  );

  test('a delivery of the last retry is still taken, and an hour of delay with it', () => {
    expect(verify(paid, { rule: { now: soldAt + 4 * hour } }).kind).toBe('event');
    expect(verify(paid, { rule: { now: soldAt + 4 * hour + 1 } })).toEqual({ kind: 'refused', reason: 'too_old' });
    expect(verify(paid, { rule: { now: soldAt - 5 * minute } }).kind).toBe('event');
  });

  test('no bytes make the verifier throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const headers = { 'content-type': 'application/json' };
        expect(verifyPayhipWebhook({ headers, body: bytes, pathSecret }, rule).kind).toBe('refused');
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (items, coupons, price) => {
        expect(() => verify({ ...paid, items, coupons, price })).not.toThrow();
      }),
    );
  });
});
