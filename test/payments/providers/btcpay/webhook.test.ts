import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyBtcpayWebhook } from '#payments/providers/btcpay/webhook.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';

const secret = 'a-long-secret';
const storeId = '46y7JuD7dUHEN1BxeAmtReA5zjUzSho7HVXVteQr1XUW';
const settled = fixture('btcpay/webhook-InvoiceSettled.CONSTRUCTED.json');
const hash = (body: string, key = secret) => createHmac('sha256', key).update(body).digest('hex');

function verify(body: string, about: { signature?: string | undefined; secrets?: string[]; storeId?: string } = {}) {
  const signature = 'signature' in about ? about.signature : `sha256=${hash(body)}`;
  const headers: Record<string, string> = signature === undefined ? {} : { 'btcpay-sig': signature };
  const rule = { webhookSecrets: about.secrets ?? [secret], storeId: about.storeId ?? storeId };
  return verifyBtcpayWebhook({ headers, body: Buffer.from(body) }, rule);
}

describe('an authentic delivery', () => {
  test.each([
    'InvoiceCreated',
    'InvoiceExpired',
    'InvoiceExpiredPaidPartial',
    'InvoiceInvalid',
    'InvoicePaidAfterExpiration',
    'InvoicePaymentSettled',
    'InvoiceProcessing',
    'InvoiceRefund',
    'InvoiceSettled',
  ])('%s is an event about its invoice', (type) => {
    expect(verify(fixture(`btcpay/webhook-${type}.CONSTRUCTED.json`))).toEqual({
      kind: 'event',
      eventKey: 'XpQ1f7nB9wEJ3vQm2sK4yR',
      eventType: type,
      reference: 'XEDvpempoTYJHJTKGDff1Q',
      trust: 'signed',
    });
  });

  test('keeps its key when it is delivered again, also by an old server that misspells the field', () => {
    const again = fixture('btcpay/webhook-InvoiceSettled-redelivery.CONSTRUCTED.json');
    expect(verify(again)).toEqual(verify(settled));
    expect(verify(again.replace('originalDeliveryId', 'orignalDeliveryId'))).toEqual(verify(settled));
  });

  test('verifies as the vectors say, with either kind of line ends', () => {
    type Vector = { secret: string; body: string; btcpay_sig: string };
    const { vectors } = fixtureJson<{ vectors: Vector[] }>('btcpay/webhook-signature-vectors.json');
    for (const { secret: key, body, btcpay_sig: signature } of vectors) {
      expect(verify(body, { signature, secrets: [key] }).kind).toBe('event');
    }
    const crlf = settled.replaceAll('\n', '\r\n');
    expect(verify(crlf).kind).toBe('event');
  });

  test('is an event about its invoice whatever the ids of its delivery look like, and its copy is known again', () => {
    const of = (ids: object) => verify(JSON.stringify({ type: 'InvoiceSettled', storeId, invoiceId: 'b', ...ids }));
    const odd = [{}, { deliveryId: 7.5 }, { deliveryId: { id: 'd' } }, { deliveryId: 'urn:delivery/1' }];
    const events = odd.map(of);
    for (const event of events) expect(event).toMatchObject({ kind: 'event', reference: 'b', trust: 'signed' });
    expect(odd.map(of)).toEqual(events);
    expect(new Set(events.map((event) => event.kind === 'event' && event.eventKey)).size).toBe(odd.length);
    expect(of({ deliveryId: 'd', originalDeliveryId: ['x'] })).toMatchObject({ kind: 'event', eventKey: 'd' });
  });

  test('verifies with either secret while one is being rotated', () => {
    expect(verify(settled, { secrets: ['the-new-one', secret] }).kind).toBe('event');
  });

  test.each(['PayoutApproved', 'PaymentRequestCompleted', 'SomethingOfAPlugin'])('%s is irrelevant', (type) => {
    expect(verify(JSON.stringify({ type, storeId, deliveryId: 'd' }))).toEqual({ kind: 'irrelevant', eventType: type });
  });

  test('news of a payout is irrelevant, since it names no invoice', () => {
    const verdict = verify(fixture('btcpay/webhook-PayoutUpdated.CONSTRUCTED.json'));
    expect(verdict).toEqual({ kind: 'irrelevant', eventType: 'PayoutUpdated' });
  });
});

describe('a lie is refused', () => {
  const good = `sha256=${hash(settled)}`;
  test.each<[string, { body?: string; signature?: string | undefined; secrets?: string[]; storeId?: string }, string]>([
    ['no signature', { signature: undefined }, 'signature_missing'],
    ['an empty signature', { signature: '' }, 'signature_missing'],
    ['no scheme', { signature: hash(settled) }, 'signature_malformed'],
    ['another scheme', { signature: `sha1=${hash(settled)}` }, 'signature_malformed'],
    ['hex that is not', { signature: good.replace(/.$/, 'g') }, 'signature_malformed'],
    ['a cut signature', { signature: good.slice(0, -2) }, 'signature_malformed'],
    ['a wrong secret', { secrets: ['other'] }, 'signature_wrong'],
    ['no secret at all', { secrets: [] }, 'signature_wrong'],
    ['an empty secret', { signature: `sha256=${hash(settled, '')}`, secrets: [''] }, 'signature_wrong'],
    ['re-serialised JSON', { body: JSON.stringify(JSON.parse(settled)), signature: good }, 'signature_wrong'],
    [
      'one byte changed',
      { body: settled.replace('"overPaid": false', '"overPaid": true'), signature: good },
      'signature_wrong',
    ],
    ['another store', { storeId: 'another' }, 'not_ours'],
    ['no store', { body: '{"type":"InvoiceSettled","invoiceId":"a","deliveryId":"b"}' }, 'not_ours'],
    ['text that is not JSON', { body: 'hello' }, 'body_malformed'],
    ['no type', { body: JSON.stringify({ storeId }) }, 'body_malformed'],
    ['no invoice', { body: JSON.stringify({ type: 'InvoiceSettled', storeId, deliveryId: 'b' }) }, 'body_malformed'],
  ])('%s', (_name, { body = settled, ...about }, reason) => {
    expect(verify(body, about)).toEqual({ kind: 'refused', reason });
  });
});
