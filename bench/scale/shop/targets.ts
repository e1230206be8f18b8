// What is asked for: orders from all of the two years, spread evenly, and what they may be found by.
import { firstNumber } from '../history/stories.ts';

export interface Target {
  number: number;
  id: string;
  createdAt: number;
  amount: string;
  email: string;
  reference: string;
  transactionId: string;
  /** An order whose money can be refunded. */
  refundable: number;
}

const count = 101;

/** `query` runs a statement on the database and returns its rows. */
export async function readTargets(
  query: (text: string) => Promise<unknown[]>,
  { orders }: { orders: number },
): Promise<Target[]> {
  const targets: Target[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = firstNumber + Math.floor((0.95 * orders * index) / count);
    // So that SQLite takes the orders in that of their numbers, and of each its payments.
    const [row] = await query(`
      select o.number, o.id, o.created_at as "createdAt", o.amount_minor as "amountMinor", o.customer_email as "email",
        o.reference, t.transaction_id as "transactionId"
      from orders o cross join payments p cross join payment_transaction_ids t
      where p.order_id = o.id and t.payment_id = p.id and o.number >= ${from} and o.origin = 'store'
        and o.status || '' = 'fulfilled' and p.provider || '' = 'btcpay'
      order by o.number limit 1`);
    const found = row as Omit<Target, 'amount' | 'refundable'> & { amountMinor: number };
    const [number, createdAt] = [Number(found.number), Number(found.createdAt)];
    targets.push({
      ...found,
      number,
      createdAt,
      amount: (Number(found.amountMinor) / 100).toFixed(2),
      refundable: number,
    });
  }
  return targets;
}
