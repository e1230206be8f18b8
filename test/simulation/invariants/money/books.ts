// The closed days, computed again from their entries, the payments and the hashes; nothing is summed by the product's functions.
import { createHash } from 'node:crypto';
import type { ClosingContent, LedgerPayment } from '#accounting/ledger/closing.ts';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { addDays, type CalendarDay, dayBounds } from '#kernel/calendar.ts';
import { hour } from '#kernel/clock.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { readingDatabase } from './stores.ts';

interface ClosingRow extends Record<string, unknown> {
  number: number;
  day: CalendarDay;
  time_zone: string;
  closed_at: number;
  ends_at: number;
  content: string;
  hash: string;
  previous_hash: string;
}

interface Closed {
  row: ClosingRow;
  content: ClosingContent;
  entries: LedgerPayment[];
}

/** A day is closed four hours after its end, by a job that runs each hour; the rest is for a provider that was away. */
const closedAfterMs = 4 * hour + 3 * hour;

export const books: Invariant = {
  number: 8,
  promise: 'Closed days equal what both sides hold, or list the difference; the chain of closings verifies.',
  async atRest(look) {
    const closed = readClosed(look);
    const verified = await verifyLedger({ database: readingDatabase(look) });
    return [
      ...(verified.kind === 'whole'
        ? []
        : [`closing ${verified.number} of ${verified.day} is broken: ${verified.code}`]),
      ...chain(closed),
      ...closed.flatMap((one) => [...sums(one)]),
      ...newestEntries(look, closed),
      ...overdue(look, closed),
    ];
  },
};

function readClosed({ rows }: Look): Closed[] {
  const entries = Map.groupBy(
    rows<{ number: number; content: string }>('select number, content from book_entries'),
    ({ number }) => number,
  );
  return rows<ClosingRow>('select * from book_closings where draft is null order by number').map((row) => ({
    row,
    content: JSON.parse(row.content) as ClosingContent,
    entries: (entries.get(row.number) ?? []).map(({ content }) => JSON.parse(content) as LedgerPayment),
  }));
}

function* chain(closed: readonly Closed[]): Iterable<string> {
  let before: Closed | undefined;
  for (const one of closed) {
    const { row, content } = one;
    const name = `closing ${row.number} of ${row.day}`;
    const previousHash = before?.row.hash ?? '0'.repeat(64);
    const hash = createHash('sha256').update(`${previousHash}\n${row.content}`).digest('hex');
    if (row.previous_hash !== previousHash || row.hash !== hash) yield `${name} does not follow from the one before`;
    if (row.number !== (before?.row.number ?? 0) + 1) yield `${name} has another number before it`;
    if (before !== undefined && content.from !== before.content.to) {
      yield `${name} begins at ${content.from}; the day before ended at ${before.content.to}`;
    }
    if (before !== undefined && row.day !== addDays(before.row.day, 1)) {
      yield `${name} comes after ${before.row.day}`;
    }
    before = one;
  }
}

/** What the closing says of our side is the sum of its entries, and a difference to the other side is listed. */
function* sums({ row, content, entries }: Closed): Iterable<string> {
  const ofTheDay = entries.filter(({ day }) => day === row.day);
  for (const book of content.providers) {
    const own = ofTheDay.filter(({ provider }) => provider === book.provider);
    const name = `closing ${row.number} of ${row.day}, ${book.provider}`;
    for (const { asset, here, there } of book.payments) {
      for (const group of ['paid', 'odd', 'unpaid', 'open'] as const) {
        const amounts = own.filter((one) => one.asset === asset && one.group === group).map(({ amount }) => amount);
        const said = here[group];
        if (said.count !== amounts.length || !isSum(said.amount, amounts)) {
          yield `${name}: ${group} is ${said.count} of ${said.amount} ${asset}; its entries are ${amounts.join(' + ') || 'none'}`;
        }
        const isSame =
          there === null || (there[group].count === said.count && isSum(there[group].amount, [said.amount]));
        if (!isSame && content.explained + content.unexplained.count === 0) {
          yield `${name}: ${group} is ${said.amount} ${asset} here and ${there[group].amount} there, and no difference is listed`;
        }
      }
    }
    const made = own.filter(({ group }) => group !== 'not_made').length;
    const told = book.payments.flatMap(({ here }) => Object.values(here)).reduce((sum, { count }) => sum + count, 0);
    if (made !== told) yield `${name}: ${told} payments are summed, and ${made} have entries`;
  }
}

function isSum(sum: string, parts: readonly string[]): boolean {
  const places = Math.max(0, ...[sum, ...parts].map((text) => text.split('.')[1]?.length ?? 0));
  const units = (text: string): bigint => {
    const [whole = '0', part = ''] = text.split('.');
    return BigInt(whole + part.padEnd(places, '0'));
  };
  return units(sum) === parts.reduce((total, part) => total + units(part), 0n);
}

interface Booked extends Record<string, unknown> {
  id: string;
  status: string;
  creation: string;
  accepted_at: number | null;
  held_at: number | null;
  received_amount: string | null;
  requested_amount: string;
  requested_asset: string;
  created_at: number;
  changed_at: number;
  refunded: number;
}

/** Of a payment that has not changed since the last closing, the ledger holds what the payment is. */
function* newestEntries({ rows }: Look, closed: readonly Closed[]): Iterable<string> {
  const first = closed[0];
  const last = closed.at(-1);
  if (first === undefined || last === undefined) return;
  const newest = new Map<string, LedgerPayment>();
  for (const { entries } of closed) for (const entry of entries) newest.set(entry.paymentId, entry);
  const payments = rows<Booked>(
    `select id, status, creation, accepted_at, held_at, received_amount, requested_amount, requested_asset, created_at,
       max(updated_at, (select coalesce(max(updated_at), 0) from refunds where payment_id = payments.id)) changed_at,
       (select coalesce(sum(amount_minor), 0) from refunds where payment_id = payments.id and status = 'succeeded') refunded
     from payments where created_at >= ? and created_at < ?`,
    Date.parse(first.content.from),
    last.row.ends_at,
  );
  for (const payment of payments) {
    if (payment.changed_at > last.row.closed_at) continue;
    const entry = newest.get(payment.id);
    const group = groupOf(payment);
    if (entry === undefined) {
      if (group === 'paid' || group === 'odd')
        yield `payment ${payment.id} is of a closed day, and the ledger lacks it`;
      continue;
    }
    const here = `${payment.status} ${group} ${payment.requested_amount} ${payment.requested_asset} ${payment.received_amount} ${payment.refunded}`;
    const status = entry.status.replace(', accepted', '');
    const refunded = Number(entry.refunded.replace('.', ''));
    const there = `${status} ${entry.group} ${entry.amount} ${entry.asset} ${entry.received} ${refunded}`;
    if (here !== there) yield `payment ${payment.id} is ${here}; the ledger holds ${there}`;
  }
}

function groupOf({ status, creation, accepted_at: acceptedAt, held_at: heldAt }: Booked): string {
  if (creation !== 'confirmed') return 'not_made';
  if (acceptedAt !== null && status !== 'reversed') return 'paid';
  if (status === 'paid' || status === 'overpaid') return heldAt === null ? 'paid' : 'odd';
  if (status === 'underpaid' || status === 'paid_late' || status === 'reversed') return 'odd';
  return status === 'created' || status === 'pending' ? 'open' : 'unpaid';
}

function* overdue({ world, rows }: Look, closed: readonly Closed[]): Iterable<string> {
  const last = closed.at(-1);
  if (last === undefined) return;
  const next = addDays(last.row.day, 1);
  const endsAt = dayBounds(next, world.operator.environment['TIME_ZONE'] ?? 'UTC').to;
  if (endsAt + closedAfterMs > world.machine.now()) return;
  const [delay] = rows<{ reason: string }>('select reason from book_delays where day = ?', next);
  yield `${next} is not closed: ${delay?.reason ?? 'nobody tried'}`;
}
