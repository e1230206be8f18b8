import { expect, test } from 'vitest';
import { parseExactJson, readExactJson } from '#payments/providers/http/exact-json.ts';
import { createMessageRedactor } from '#payments/providers/http/redact.ts';
import { decimalText } from '#payments/providers/kit/body-fields.ts';
import { acceptableAddress } from '#payments/providers/kit/payment-request.ts';

test('every number keeps the digits that it came with', () => {
  expect(
    parseExactJson('{"a":1.699895497e+21,"b":[100000000000000000001,1.0,-0.10],"c":"1","d":true,"e":null}'),
  ).toEqual({
    a: '1.699895497e+21',
    b: ['100000000000000000001', '1.0', '-0.10'],
    c: '1',
    d: true,
    e: null,
  });
});

test.each([['not json'], [''], ['{"a":1'], ['NaN']])('%j is no JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow('the text is not JSON');
  expect(readExactJson(Buffer.from(text))).toBeUndefined();
});

test('bytes that are not UTF-8 are no JSON', () => {
  expect(readExactJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
});

test('a decimal is written out, and keeps the places that it was given', () => {
  expect(decimalText.parse('1e19')).toBe('10000000000000000000');
  expect(decimalText.parse('100.00')).toBe('100.00');
  for (const text of ['1e999999', 'NaN', '', '1,5', '0x10', ' 1'])
    expect(decimalText.safeParse(text).success).toBe(false);
});

test('known secrets go, also where they were written for an address, and what is left is short', () => {
  const redact = createMessageRedactor(['a secret/with signs']);
  expect(redact('x a secret/with signs y a%20secret%2Fwith%20signs z')).toBe('x [secret] y [secret] z');
  expect(redact('{"token":"abc","note":"kept"}')).toBe('{"token":"[secret]","note":"kept"}');
  expect(redact('a\n\n b\t c')).toBe('a b c');
  expect(redact('x'.repeat(1_000))).toHaveLength(200);
});

test.each<[string | null, boolean]>([
  ['https://shop.example.com/a?b=c', true],
  ['http://127.0.0.1:8080/a', true],
  ['http://localhost/a', true],
  ['http://[::1]:1/a', true],
  ['http://shop.example.com/a', false],
  ['http://127.0.0.1.evil.example/a', false],
  ['ftp://shop.example.com', false],
  ['', false],
  [null, false],
])('the address %s is acceptable: %s', (address, isAcceptable) => {
  expect(acceptableAddress(address)).toBe(isAcceptable ? address : undefined);
});
