import { expect, test } from 'vitest';
import { decimalText } from '#payments/providers/kit/body-fields.ts';

test('a decimal is written out, and keeps the places that it was given', () => {
  expect(decimalText.parse('1e19')).toBe('10000000000000000000');
  expect(decimalText.parse('100.00')).toBe('100.00');
  for (const text of ['1e999999', '1e99', '-1e-99', 'NaN', '', '1,5', '0x10', ' 1'])
    expect(decimalText.safeParse(text).success).toBe(false);
});
