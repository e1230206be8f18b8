// What /stats, the export and the store API show is what the rows are.
import { exportOrders } from '#exports/export-orders.ts';
import { day, systemClock } from '#kernel/clock.ts';
import { parseMoney } from '#kernel/money.ts';
import { paidSums, shopStats } from '#reports/shop-stats.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { countedStatuses, ourSideOf } from './our-side.ts';
import { readingDatabase } from './stores.ts';

export const figures: Invariant = {
  number: 8,
  promise: '/stats, the books and the export agree.',
  async atRest(look) {
    const database = readingDatabase(look);
    return [...(await stats(look, database)), ...(await exported(look, database))];
  },
};

type Reading = ReturnType<typeof readingDatabase>;

async function stats(look: Look, database: Reading): Promise<string[]> {
  const { machine, operator } = look.world;
  const timeZone = operator.environment['TIME_ZONE'] ?? 'UTC';
  // An order that was made while the clock was ahead is in the future.
  const at = machine.now() + 30 * day;
  const { totals } = await shopStats({ database, clock: systemClock }, { days: 90, timeZone, at });
  const here = new Map<string, number>();
  for (const { status, currency, amount_minor: amount } of ourSideOf(look).orders) {
    if (countedStatuses.includes(status)) here.set(currency, (here.get(currency) ?? 0) + amount);
  }
  const shown = new Map(paidSums(totals).map(({ currency, amountMinor }) => [currency, amountMinor]));
  return [...new Set([...here.keys(), ...shown.keys()])].flatMap((currency) => {
    const [sum = 0, said = 0] = [here.get(currency), shown.get(currency)];
    return sum === said ? [] : [`/stats shows ${said} ${currency} of paid orders; they are ${sum} (minor units)`];
  });
}

/** Each payment once, and each order without one once; with their statuses, and what was refunded. */
async function exported(look: Look, database: Reading): Promise<string[]> {
  const faults: string[] = [];
  const seen = new Set<string>();
  const { payments, orders } = ourSideOf(look);
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const refunded = new Map(
    look
      .rows<{ id: string; sum: number }>(
        "select payment_id id, sum(amount_minor) sum from refunds where status = 'succeeded' group by payment_id",
      )
      .map(({ id, sum }) => [id, sum]),
  );
  const window = { from: 0, to: look.world.machine.now() + 30 * day };
  for await (const page of exportOrders({ database }, window)) {
    for (const row of page.payments) {
      const id = String(row['payment_id'] ?? row['order_id']);
      if (seen.has(id)) faults.push(`the export has ${id} twice`);
      seen.add(id);
      const payment = byId.get(id);
      if (payment === undefined) continue;
      const status = String(row['payment_status']).replace(', accepted', '');
      const back = parseMoney(String(row['refunded']), payment.currency).amountMinor;
      if (status !== payment.status || back !== (refunded.get(id) ?? 0)) {
        faults.push(
          `the export says ${status} and ${back} refunded of payment ${id}; it is ${payment.status}, ${refunded.get(id) ?? 0}`,
        );
      }
    }
  }
  const expected = payments.length + orders.filter(({ id }) => !payments.some((one) => one.order_id === id)).length;
  if (seen.size !== expected) faults.push(`the export has ${seen.size} rows of ${expected}`);
  return faults;
}
