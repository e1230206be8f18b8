import { expect, test } from 'vitest';
import { orderStatuses } from '#orders/order.ts';
import { feeGaps, paidStatuses, paidSums } from '#reports/shop-stats.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const fees = (fee: string, net: string, asset = 'USD') => ({ asset, fee, net });

test('what counts as paid is summed per currency, and nothing else', () => {
  const totals = orderStatuses.map((status, index) => ({
    status,
    currency: 'USD',
    count: 1,
    amountMinor: 10 ** index,
  }));
  const paid = totals.filter(({ status }) => paidStatuses.includes(status));
  expect(paidSums([...totals, { ...totals[1], status: 'paid', currency: 'JPY', count: 1, amountMinor: 5 }])).toEqual([
    usd(paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0)),
    { amountMinor: 5, currency: 'JPY' },
  ]);
  expect(paidSums([])).toEqual([]);
});

test('paid less fees is net, or the difference is named', () => {
  expect(feeGaps([usd(75_800)], [fees('42.85', '715.15')])).toEqual([]);
  expect(feeGaps([usd(73_600)], [fees('42.85', '715.15')])).toEqual([{ amount: '22', currency: 'USD' }]);
  expect(feeGaps([usd(73_600)], [fees('10.00', '390.00')])).toEqual([{ amount: '-336', currency: 'USD' }]);
});

test('units are never mixed, and without any fee there is nothing to add up', () => {
  expect(feeGaps([usd(4_900)], [fees('0.61', '48.39', 'USDC')])).toEqual([{ amount: '-49', currency: 'USD' }]);
  const yen = { amountMinor: 500, currency: 'JPY' };
  expect(feeGaps([usd(4_900), yen], [fees('0.61', '48.39'), fees('5', '495', 'JPY')])).toEqual([]);
  expect(feeGaps([usd(4_900)], [])).toEqual([]);
});
