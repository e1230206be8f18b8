import { expect, test } from 'vitest';
import { keptHeaders } from '#payments/webhooks/kept-headers.ts';

test('what a signature is made of is kept', () => {
  const headers = {
    'content-type': 'application/json',
    'x-hook0-signature': 't=1,v0=ab',
    'x-signature': 'ab==',
    'btcpay-sig': 'sha256=ab',
    'x-nowpayments-sig': 'ab',
    'x-event-id': '1',
    'x-event-type': 'paid',
    'x-delivery-id': '2',
    'webhook-id': '3',
    'webhook-timestamp': '4',
    'webhook-signature': 'v1,ab',
  };
  expect(keptHeaders(headers)).toEqual(headers);
});

test.each([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-webhook-secret',
  'x-signature-token',
  'x-forwarded-for',
  'user-agent',
])('%s is never kept', (name) => {
  expect(keptHeaders({ [name]: 'x' })).toEqual({});
});

test('what is too long or too much is left out', () => {
  expect(keptHeaders({ 'x-signature': 'a'.repeat(1_025) })).toEqual({});
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}-sig`, 'ab']));
  expect(Object.keys(keptHeaders(many))).toHaveLength(12);
});
