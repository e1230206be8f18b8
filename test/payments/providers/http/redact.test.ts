import { expect, test } from 'vitest';
import { createMessageRedactor } from '#payments/providers/http/redact.ts';

test('known secrets go, also where they were written for an address, and what is left is short', () => {
  const redact = createMessageRedactor(['a secret/with signs']);
  expect(redact('x a secret/with signs y a%20secret%2Fwith%20signs z')).toBe('x [secret] y [secret] z');
  expect(redact('{"token":"abc","note":"kept"}')).toBe('{"token":"[secret]","note":"kept"}');
  expect(redact('a\n\n b\t c')).toBe('a b c');
  expect(redact('x'.repeat(1_000))).toHaveLength(200);
});
