import { day, type Milliseconds } from '#kernel/clock.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import { type OrderStatus, orderStatuses } from '#orders/order.ts';
import type { OrderBucket, OrderTotals } from '#orders/order-store.ts';
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
  buckets: readonly OrderBucket[];
}

/** Orders whose money is, or was, there; refunds are not taken off. */
const paidStatuses: readonly OrderStatus[] = ['paid', 'fulfilled', 'partially_refunded', 'refunded'];
/** More bars than this would not fit the screen; days are then put together. */
const barsMax = 10;
const barUnits = 10;

/** Counts by status, paid sums by currency, and a bar for every day or few days. */
export function shopStatsView(stats: ShopStats, options: Presentation & { days: StatsDays }): View {
  const lines = [
    line(`<b>Last ${options.days} days</b>`, weights.must),
    ...countLines(stats.totals),
    ...sumLines(stats.totals),
    ...figureLines(stats.fees),
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

function sumLines(totals: readonly OrderTotals[]): Line[] {
  const byCurrency = new Map<string, number>();
  for (const { status, currency, amountMinor } of totals) {
    if (paidStatuses.includes(status)) byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + amountMinor);
  }
  return [...byCurrency].map(([currency, amountMinor]) =>
    line(`Paid: <b>${show(formatMoney({ amountMinor, currency }))}</b>`),
  );
}

/** What providers told, per asset: fees are in their unit, which is not always that of the orders. */
function figureLines(fees: ShopStats['fees']): Line[] {
  return fees.map(({ asset, fee, net }) => {
    const [kept, left] = [fee, net].map((amount) => show(formatAsset({ amount, asset })));
    return line(`Fees: ${kept} · net ${left}`);
  });
}

function barLines(stats: ShopStats, options: Presentation & { days: StatsDays }): Line[] {
  const daysPerBar = Math.ceil(options.days / barsMax);
  const width = daysPerBar * day;
  const bars = Array.from({ length: Math.ceil((stats.to - stats.from) / width) }, (_, index) => ({
    at: stats.from + index * width,
    count: 0,
  }));
  for (const bucket of stats.buckets) {
    const bar = bars[Math.floor((bucket.bucketStart - stats.from) / width)];
    if (bar !== undefined && paidStatuses.includes(bucket.status)) bar.count += bucket.count;
  }
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
