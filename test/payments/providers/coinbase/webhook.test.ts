import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyCoinbaseWebhook } from '#payments/providers/coinbase/webhook.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';

interface Vector {
  name: string;
  secret: string;
  body: string;
  headers: Record<string, string>;
  x_hook0_signature: string;
  now: number;
}
const { vectors } = fixtureJson<{ vectors: Vector[] }>('coinbase-business/webhook-signature-vectors.json');
const signed = vectors.at(-1) as Vector;
const now = signed.now * 1000;

interface Told {
  body?: string;
  headers?: Record<string, string | undefined>;
  secrets?: string[];
  now?: number;
  scheme?: 'headers' | 'body';
}

/** Verifies the documented delivery with what the sender, or the clock, says differently. */
function verify(told: Told = {}) {
  const all = { ...signed.headers, 'x-hook0-signature': signed.x_hook0_signature, ...told.headers };
  const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  return verifyCoinbaseWebhook(
    { headers, body: Buffer.from(told.body ?? signed.body) },
    { secrets: told.secrets ?? [signed.secret], now: told.now ?? now, scheme: told.scheme },
  );
}

function part(name: string): string {
  return new RegExp(`${name}=([^,]+)`).exec(signed.x_hook0_signature)?.[1] ?? '';
}

/** Signs any body as Hook0 does with `v0`. */
function sign(body: string): Told {
  const v0 = createHmac('sha256', signed.secret).update(`${signed.now}.${body}`).digest('hex');
  return { body, headers: { 'x-hook0-signature': `t=${signed.now},v0=${v0}` } };
}

const refused = (reason: string) => ({ kind: 'refused', reason });
const v0Only = `t=${part('t')},v0=${part('v0')}`;
const v1Only = `t=${part('t')},h=${part('h')},v1=${part('v1')}`;

describe('an authentic delivery', () => {
  test('is an event about its checkout', () => {
    expect(verify()).toEqual({
      kind: 'event',
      eventKey: '69163c762331ed43dc64a6ef:checkout.payment.success:2025-11-13T20:16:55.097Z',
      eventType: 'checkout.payment.success',
      reference: '69163c762331ed43dc64a6ef',
      trust: 'signed',
    });
  });

  test.each(vectors)('verifies as the conformance vector says: $name', (vector) => {
    const headers = { ...vector.headers, 'x-hook0-signature': vector.x_hook0_signature };
    const rule = { secrets: [vector.secret], now: vector.now * 1000 };
    const verdict = verifyCoinbaseWebhook({ headers, body: Buffer.from(vector.body) }, rule);
    expect(verdict.kind).not.toBe('refused');
  });

  test.each([
    ['v0 alone', v0Only],
    ['v1 alone', v1Only],
  ])('verifies by %s', (_name, header) => {
    expect(verify({ headers: { 'x-hook0-signature': header } }).kind).toBe('event');
  });

  test('is an event about its checkout whatever its other fields look like', () => {
    const body = JSON.parse(signed.body) as Record<string, unknown>;
    for (const odd of [{ updatedAt: 7 }, { status: ['A'] }, { refunds: 'none' }, { refunds: [{ id: 1 }, null] }]) {
      const told = sign(JSON.stringify({ ...body, ...odd }));
      expect(verify(told)).toMatchObject({ kind: 'event', reference: '69163c762331ed43dc64a6ef' });
    }
  });

  test('verifies with either secret while one is being rotated', () => {
    expect(verify({ secrets: ['the-new-one', signed.secret] }).kind).toBe('event');
  });

  test('has the same key when it comes again under another event id', () => {
    const again = verify({ headers: { 'x-event-id': 'forged', 'x-hook0-signature': v0Only } });
    expect(again).toEqual(verify());
  });

  test('verifies up to five minutes before and after its time', () => {
    expect(verify({ now: now + 300_000 }).kind).toBe('event');
    expect(verify({ now: now - 300_000 }).kind).toBe('event');
  });

  test('of a proxy that rewrites signed headers verifies by the body when the setting says so', () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(verify({ headers })).toEqual(refused('signature_wrong'));
    expect(verify({ headers, scheme: 'body' }).kind).toBe('event');
  });
});

describe('a lie is refused', () => {
  test.each<[string, Told, string]>([
    ['no signature', { headers: { 'x-hook0-signature': undefined } }, 'signature_missing'],
    ['an empty signature', { headers: { 'x-hook0-signature': '' } }, 'signature_missing'],
    ['a signature without structure', { headers: { 'x-hook0-signature': 'abc' } }, 'signature_malformed'],
    ['no time', { headers: { 'x-hook0-signature': `v0=${part('v0')}` } }, 'signature_malformed'],
    ['a time that is no number', { headers: { 'x-hook0-signature': `t=now,v0=${part('v0')}` } }, 'signature_malformed'],
    ['a negative time', { headers: { 'x-hook0-signature': `t=-1,v0=${part('v0')}` } }, 'signature_malformed'],
    ['neither v0 nor v1', { headers: { 'x-hook0-signature': `t=${part('t')}` } }, 'signature_malformed'],
    ['v1 without names', { headers: { 'x-hook0-signature': `${v0Only},v1=${part('v1')}` } }, 'signature_malformed'],
    ['two times', { headers: { 'x-hook0-signature': `t=1,${v0Only}` } }, 'signature_malformed'],
    ['two v0', { headers: { 'x-hook0-signature': `${v0Only},v0=${part('v0')}` } }, 'signature_malformed'],
    ['hex that is not', { headers: { 'x-hook0-signature': v0Only.replace(/.$/, 'g') } }, 'signature_malformed'],
    ['a cut signature', { headers: { 'x-hook0-signature': v0Only.slice(0, -2) } }, 'signature_malformed'],
    [
      'another time',
      { headers: { 'x-hook0-signature': v0Only.replace(/^t=\d+/, `t=${signed.now + 1}`) } },
      'signature_wrong',
    ],
    ['a wrong secret', { secrets: ['another'] }, 'signature_wrong'],
    ['no secret at all', { secrets: [] }, 'signature_wrong'],
    ['an empty secret', { secrets: [''] }, 'signature_wrong'],
    ['one byte more', { body: `${signed.body} ` }, 'signature_wrong'],
    ['one byte changed', { body: signed.body.replace('100.00', '900.00') }, 'signature_wrong'],
    ['a changed signed header', { headers: { 'x-event-id': 'other' } }, 'signature_wrong'],
    ['a signed header left out', { headers: { 'x-event-type': undefined } }, 'header_missing'],
    [
      'a name that every object has',
      { headers: { 'x-hook0-signature': `${v1Only.replace(/h=[^,]+/, 'h=constructor')}` } },
      'header_missing',
    ],
    [
      'a bad v1 beside a good v0',
      { headers: { 'x-hook0-signature': signed.x_hook0_signature.replace(/.$/, '0') } },
      'signature_wrong',
    ],
    ['too old', { now: now + 301_000 }, 'too_old'],
    ['too new', { now: now - 301_000 }, 'too_new'],
    ['text that is not JSON', sign('not json'), 'body_malformed'],
    ['bytes that are not UTF-8 text of an object', sign('"text'), 'body_malformed'],
    ['no checkout id', sign('{"eventType":"checkout.payment.success"}'), 'body_malformed'],
    ['an id that leads elsewhere', sign('{"eventType":"checkout.payment.success","id":"../admin"}'), 'body_malformed'],
  ])('%s', (_name, told, reason) => {
    expect(verify(told)).toEqual(refused(reason));
  });
});

describe('the event key', () => {
  const keyOf = (body: string): string => {
    const verdict = verify(sign(body));
    return verdict.kind === 'event' ? verdict.eventKey : verdict.kind;
  };

  test.each([
    'webhook-checkout.payment.success.json',
    'webhook-checkout.payment.failed.json',
    'webhook-checkout.payment.expired.json',
    'webhook-checkout.refund.success.json',
    'webhook-checkout.refund.failed.CONSTRUCTED.json',
  ])('is the same for each delivery of %s', (name) => {
    const body = fixture(`coinbase-business/${name}`);
    expect(keyOf(body)).toMatch(/^69163c762331ed43dc64a6ef:checkout\./);
    expect(keyOf(body)).toBe(keyOf(body));
  });

  test('of two refunds of one checkout differs, in whatever order they are listed', () => {
    const refund = (id: string, completedAt: string) => ({ id, status: 'COMPLETED', completedAt });
    const [first, second] = [refund('r1', '2026-01-01T00:00:00Z'), refund('r2', '2026-01-02T00:00:00Z')];
    const event = (refunds: unknown[]) => JSON.stringify({ id: 'c1', eventType: 'checkout.refund.success', refunds });
    expect(keyOf(event([first]))).toBe('c1:checkout.refund.success:r1');
    expect(keyOf(event([first, second]))).toBe('c1:checkout.refund.success:r2');
    expect(keyOf(event([second, first]))).toBe('c1:checkout.refund.success:r2');
  });

  test('is not there for events that we do not follow', () => {
    expect(verify(sign('{"eventType":"onchain.activity.detected"}'))).toEqual({
      kind: 'irrelevant',
      eventType: 'onchain.activity.detected',
    });
    expect(verify(sign('{"hello":1}'))).toEqual({ kind: 'irrelevant', eventType: 'unknown' });
  });
});
