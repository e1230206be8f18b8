import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyBitpayWebhook } from '#payments/providers/bitpay/webhook.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';

const posToken = 'pos-token';
const merchantToken = 'merchant-token';
// The recorded file ends with a newline that was not part of the delivery.
const completed = fixture('bitpay/webhook-extended-invoice_completed.json').trimEnd();
const sign = (body: string, key = posToken) => createHmac('sha256', key).update(body).digest('base64');

function verify(body: string, about: { signature?: string | undefined; secrets?: string[] } = {}) {
  const signature = 'signature' in about ? about.signature : sign(body);
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-signature': signature };
  return verifyBitpayWebhook({ headers, body: Buffer.from(body) }, about.secrets ?? [posToken, merchantToken]);
}

describe('an authentic delivery', () => {
  test('in the extended format is an event about its invoice', () => {
    expect(verify(completed)).toEqual({
      kind: 'event',
      eventKey: 'LXXgiWHZuKbt9yurP5RpMQ:invoice_completed:1720196481452',
      eventType: 'invoice_completed',
      reference: 'LXXgiWHZuKbt9yurP5RpMQ',
      trust: 'signed',
    });
  });

  test('in the standard format is known by invoice and status', () => {
    expect(verify(fixture('bitpay/webhook-standard-confirmed.PARTIAL.json'))).toMatchObject({
      kind: 'event',
      eventKey: 'Hpqc62dfE1ZjzeeH4kEycF:confirmed',
      eventType: 'invoice_confirmed',
      reference: 'Hpqc62dfE1ZjzeeH4kEycF',
    });
  });

  test('about a refund points to the invoice that it belongs to', () => {
    expect(verify(fixture('bitpay/webhook-extended-refund.CONSTRUCTED.json'))).toMatchObject({
      kind: 'event',
      eventKey: 'WoE46gSLkJQS48RJEiNw3L:refund_pending:1630269935368',
      reference: 'Hpqc63wvE1ZjzeeH4kEycF',
    });
  });

  test('is an event about its invoice whatever its time and its status look like', () => {
    for (const [from, to] of [
      [/"timestamp":\d+/, '"timestamp":{"at":1}'],
      [/"status":"\w+"/, '"status":["new","words"]'],
    ] as const) {
      const body = completed.replace(from, to);
      expect(body).not.toBe(completed);
      expect(verify(body)).toMatchObject({ kind: 'event', reference: 'LXXgiWHZuKbt9yurP5RpMQ' });
    }
  });

  test('verifies by the pos token and by the merchant token, and by no other', () => {
    expect(verify(completed, { signature: sign(completed, merchantToken) }).kind).toBe('event');
    expect(verify(completed, { signature: sign(completed, 'other') }).kind).toBe('refused');
  });

  test('verifies as the official vector says', () => {
    type Vector = { key: string; body: string; x_signature: string };
    const { vectors } = fixtureJson<{ vectors: Vector[] }>('bitpay/webhook-signature-vectors.json');
    for (const { key, body, x_signature: signature } of vectors) {
      expect(verify(body, { signature, secrets: [key] })).toEqual({ kind: 'irrelevant', eventType: 'unknown' });
    }
  });

  test('is verified over its raw bytes, whatever the numbers in it look like', () => {
    const body = completed.replace('"price":100', '"price":100.00,"exchangeRates":{"BTC":1.699895497e+21}');
    expect(verify(body).kind).toBe('event');
  });

  test.each(['payout_funded', 'recipient_invited', 'refund_success'])('%s without an invoice is irrelevant', (name) => {
    expect(verify(JSON.stringify({ event: { name }, data: { id: 'abc' } }))).toEqual({
      kind: 'irrelevant',
      eventType: name,
    });
  });
});

describe('a lie is refused', () => {
  const good = sign(completed);
  test.each<[string, { body?: string; signature?: string | undefined; secrets?: string[] }, string]>([
    ['no signature', { signature: undefined }, 'signature_missing'],
    ['an empty signature', { signature: '' }, 'signature_missing'],
    ['hex in place of base64', { signature: Buffer.from(good, 'base64').toString('hex') }, 'signature_malformed'],
    ['a cut signature', { signature: good.slice(0, -4) }, 'signature_malformed'],
    ['base64 without its padding', { signature: good.slice(0, -1) }, 'signature_malformed'],
    ['blanks around it', { signature: ` ${good}` }, 'signature_malformed'],
    ['a DER signature as of requests', { signature: '3045022100d4'.padEnd(142, '0') }, 'signature_malformed'],
    ['a wrong key', { secrets: ['other'] }, 'signature_wrong'],
    ['no key at all', { secrets: [] }, 'signature_wrong'],
    ['an empty key', { signature: sign(completed, ''), secrets: [''] }, 'signature_wrong'],
    ['one byte more', { body: `${completed}\n`, signature: good }, 'signature_wrong'],
    ['another status', { body: completed.replace('complete', 'confirmed'), signature: good }, 'signature_wrong'],
    ['text that is not JSON', { body: 'id=1' }, 'body_malformed'],
    [
      'an invoice event without an invoice',
      { body: '{"event":{"name":"invoice_completed"},"data":{}}' },
      'body_malformed',
    ],
    ['an id that leads elsewhere', { body: '{"event":{"name":"invoice_x"},"data":{"id":"a/../b"}}' }, 'body_malformed'],
  ])('%s', (_name, { body = completed, ...about }, reason) => {
    expect(verify(body, about)).toEqual({ kind: 'refused', reason });
  });
});
