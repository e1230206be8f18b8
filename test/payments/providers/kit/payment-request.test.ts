import { expect, test } from 'vitest';
import { acceptableAddress } from '#payments/providers/kit/payment-request.ts';

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
