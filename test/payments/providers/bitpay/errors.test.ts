import { expect, test } from 'vitest';
import { findBitpayError } from '#payments/providers/bitpay/client.ts';
import { parseExactJson } from '#payments/providers/http/exact-json.ts';
import { fixture } from '../support/fixtures.ts';

// The code stands beside the words, not in them: what shows an error adds the code once.
test.each([
  ['errorResponse.json', { code: '0000', message: '["Currency disabled for user location."]' }],
  ['cancelInvoiceErrorResponse.json', { code: '040107', message: 'Invalid invoice state for cancel' }],
  ['invalidSignature.json', { code: null, message: 'Invalid signature' }],
])('the recorded %s is an error with its own code and words', (file, expected) => {
  expect(findBitpayError(parseExactJson(fixture(`bitpay/${file}`)))).toEqual(expected);
});

test('a list of errors names each parameter', () => {
  const body = parseExactJson('{"errors":[{"error":"is required","param":"price"},{"error":"no such currency"}]}');
  expect(findBitpayError(body)).toEqual({ code: null, message: 'price: is required; no such currency' });
});

test('an invoice is no error', () => {
  expect(findBitpayError(parseExactJson(fixture('bitpay/createInvoiceResponse.json')))).toBeUndefined();
});
