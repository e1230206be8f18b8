import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset, formatMoney, type Money, sumDecimals, withPlaces } from '#kernel/money.ts';
import { orderStatuses } from '#orders/order.ts';
import type { OrderTotals } from '#orders/order-store.ts';
import { feeGaps, paidStatuses, paidSums } from '#reports/shop-stats.ts';
import { type StatsDays, statsDays } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { show } from '../../text/html.ts';
import type { Presentation, View } from '../../text/view.ts';
import { formatDay, orderSigns, statusWord } from '../../text/words.ts';

export interface ShopStats {
  from: Milliseconds;
  to: Milliseconds;
  totals: readonly OrderTotals[];
  fees: readonly { asset: string; fee: string; net: string }[];
  /** The oldest first. */
  days: readonly { from: Milliseconds; orders: readonly OrderTotals[] }[];
}

/** More bars than this would not fit the screen; days are then put together. */
const barsMax = 10;
const barUnits = 10;

/** Counts by status, paid sums by currency, and a bar for every day or few days. */
export function shopStatsView(stats: ShopStats, options: Presentation & { days: StatsDays }): View {
  const lines = [
    line(`<b>Last ${options.days} days</b>`, weights.must),
    ...countLines(stats.totals),
    ...moneyLines(paidSums(stats.totals), stats.fees),
    ...barLines(stats, options),
  ];
  const buttons = statsDays.map((days) => ({
    text: days === options.days ? `• ${days} d` : `${days} d`,
    callback: { kind: 'stats' as const, days },
  }));
  return { text: fitLines(lines), keyboard: [buttons] };
}

function countLines(totals: readonly OrderTotals[]): Line[] {
  const parts = orderStatuses
    .map((status) => ({ status, count: sum(totals.filter((total) => total.status === status)) }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${orderSigns[status]} ${count} ${statusWord(status)}`);
  if (parts.length === 0) return [line('No orders.')];
  // Two to a line: a phone would break a longer one in the middle of a count.
  const pairs = Array.from({ length: Math.ceil(parts.length / 2) }, (_, index) =>
    parts.slice(index * 2, index * 2 + 2),
  );
  return pairs.map((pair) => line(pair.join(' · ')));
}

/**
 * Fees are in the unit in which providers report them, which is not always that of the orders. What keeps paid less fees
 * from being net stands below.
 */
function moneyLines(paid: readonly Money[], fees: ShopStats['fees']): Line[] {
  return [
    ...paid.map((sum) => line(`Paid: <b>${show(formatMoney(sum))}</b>`)),
    ...fees.map(({ asset, fee, net }) => {
      const [kept, left] = [fee, net].map((amount) => show(formatAsset({ amount, asset })));
      const isPaidIn = paid.some(({ currency }) => currency === asset);
      const whole = isPaidIn ? '' : ` · of ${show(formatAsset({ amount: sumDecimals([fee, net]), asset }))}`;
      return line(`Fees: ${kept} · net ${left}${whole}`);
    }),
    ...feeGaps(paid, fees).map(({ amount, currency }) => {
      const size = withPlaces(amount.replace('-', ''), { asset: currency, beside: [amount] });
      const shown = show(formatAsset({ amount: size, asset: currency }));
      return line(
        amount.startsWith('-')
          ? `${shown} of the paid orders without a fee in ${show(currency)}`
          : `${shown} beside the paid orders: parts, late or surplus money, older orders`,
      );
    }),
  ];
}

function barLines(stats: ShopStats, options: Presentation & { days: StatsDays }): Line[] {
  const daysPerBar = Math.ceil(options.days / barsMax);
  const paidOn = ({ orders }: ShopStats['days'][number]): number =>
    sum(orders.filter(({ status }) => paidStatuses.includes(status)));
  const bars = Array.from({ length: Math.ceil(stats.days.length / daysPerBar) }, (_, index) => {
    const days = stats.days.slice(index * daysPerBar, (index + 1) * daysPerBar);
    return { at: days[0]?.from ?? stats.from, count: days.reduce((count, one) => count + paidOn(one), 0) };
  });
  const most = Math.max(...bars.map((bar) => bar.count), 1);
  const heading = daysPerBar === 1 ? 'Paid orders a day' : `Paid orders, ${daysPerBar} days a bar`;
  return [
    line(`<b>${heading}</b>`, weights.detail),
    line(`<pre>${bars.map(({ at, count }) => `${formatDay(at, options)} ${barText(count, most)}`).join('\n')}</pre>`),
  ];
}

function barText(count: number, most: number): string {
  return count === 0 ? '·' : `${'▇'.repeat(Math.ceil((count / most) * barUnits))} ${count}`;
}

function sum(totals: readonly OrderTotals[]): number {
  return totals.reduce((all, { count }) => all + count, 0);
}
