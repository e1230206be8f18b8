import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { readBitpayKey, signBitpayRequest } from '#payments/providers/bitpay/signing.ts';
import { fixtureJson } from '../support/fixtures.ts';

interface Vector {
  private_key_hex: string;
  x_identity: string;
  signed_string: string;
  x_signature_rfc6979: string;
}
const vector = fixtureJson<Vector>('bitpay/request-signing-vector.json');
const key = readBitpayKey(vector.private_key_hex);
const isSigned = (text: string, hex: string) =>
  verify('sha256', Buffer.from(text), createPublicKey(key.privateKey), Buffer.from(hex, 'hex'));

test('the identity is the compressed public key', () => {
  expect(key.identity).toBe(vector.x_identity);
});

test('the recorded signature and ours verify over the full address with its query', () => {
  expect(isSigned(vector.signed_string, vector.x_signature_rfc6979)).toBe(true);
  const headers = signBitpayRequest(key, { url: vector.signed_string });
  expect(headers['X-Identity']).toBe(vector.x_identity);
  expect(isSigned(vector.signed_string, headers['X-Signature'])).toBe(true);
});

test('a body is signed right behind the address, exactly as it is sent', () => {
  const url = 'https://test.bitpay.com/invoices';
  const body = '{"price":10.00,"token":"t"}';
  const headers = signBitpayRequest(key, { url, body });
  expect(isSigned(`${url}${body}`, headers['X-Signature'])).toBe(true);
  expect(isSigned(`${url}{"price":10,"token":"t"}`, headers['X-Signature'])).toBe(false);
});

test.each(['', 'hunter2', 'f'.repeat(64), '0'.repeat(64), '11'.repeat(33)])('a key "%s" is refused by name', (hex) => {
  expect(() => readBitpayKey(hex)).toThrow(/^BITPAY_PRIVATE_KEY is not/);
});
