import { expect, test } from 'vitest';
import { dayRowsMax, requireWhole } from '#accounting/daily-close/day-payments.ts';

test('a day of as many rows as memory holds is whole, and one more is refused instead of summed in part', () => {
  const rows = Array.from({ length: dayRowsMax }, (_, index) => index);
  expect(requireWhole(rows, 'refunds of bitpay')).toBe(rows);
  expect(() => requireWhole([...rows, 0], 'refunds of bitpay')).toThrow(
    'more than 100000 refunds of bitpay in one day',
  );
});
