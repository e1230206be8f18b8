// What came for an order, and what its provider kept of it.
import { feesOf, groupBy } from '#accounting/ledger/tally.ts';
import { formatMoney, sumDecimals, toDecimal, withPlaces } from '#kernel/money.ts';
import type { Order } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { receivedTogether } from '#payments/model/refundable.ts';
import { type Line, line } from '../../text/fit.ts';
import { show } from '../../text/html.ts';
import type { Presentation } from '../../text/view.ts';
import { formatTime, sentence } from '../../text/words.ts';

/** In the provider's unit where there is one link; over all links in the order's currency, so that nothing is left out. */
export function receivedLines(order: Order, payments: readonly Payment[]): Line[] {
  const [only, other] = payments;
  if (other !== undefined) {
    const { amountMinor, count } = receivedTogether(payments);
    if (count === 0) return [];
    const received = formatMoney({ amountMinor, currency: order.currency });
    const parts = count === 1 ? '' : `, in ${count} payments`;
    return [line(`Received ${show(received)} of ${show(toDecimal(order))}${parts}`)];
  }
  const { receivedAmount, receivedAsset: asset, expectedAmount } = only ?? {};
  if (!receivedAmount || !asset) return [];
  const beside = [receivedAmount, ...(expectedAmount ? [expectedAmount] : [])];
  const shown = (amount: string): string => show(withPlaces(amount, { asset, beside }));
  return [
    line(`Received ${shown(receivedAmount)} ${show(asset)}${expectedAmount ? ` of ${shown(expectedAmount)}` : ''}`),
  ];
}

/** What the providers kept and passed on over all links, per asset, and when the last of it was paid out. */
export function figureLines(payments: readonly Payment[], presentation: Presentation): Line[] {
  const figures = groupBy(payments.flatMap(feesOf), ({ asset }) => asset).map(([asset, fees]) => {
    const [fee, net] = (['fee', 'net'] as const).map((part) => sumDecimals(fees.map((one) => one[part])));
    return `Fee ${show(`${fee} ${asset}`)}, net ${show(`${net} ${asset}`)}`;
  });
  const paid = payments.filter(({ settledAt, figuresAsset }) => settledAt !== null || figuresAsset !== null);
  const times = paid.map(({ settledAt }) => settledAt);
  const last = times.includes(null) ? null : Math.max(...times.map(Number));
  const settled = paid.length === 0 || last === null ? [] : [`settled ${formatTime(last, presentation)}`];
  const [first, ...others] = [...figures.slice(0, 1), ...settled];
  if (first === undefined) return [];
  return [sentence([first, ...others].join(' · ')), ...figures.slice(1)].map((html) => line(html));
}
