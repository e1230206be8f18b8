// Lines of an export that name no transaction: paired with a payment of the same buyer, day and amount, where there is no
// other choice.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { slicesOf } from '#kernel/page.ts';
import type { Payment } from '../model/payment.ts';
import type { ExportedOrder } from '../ports/sales-channel.ts';

/** One of our payments, with the values by which an export may name it. */
export interface KnownPayment {
  payment: Payment;
  customerEmail: string | null;
  returnedMinor: number;
}

/** An export's times have no zone. */
export const edgeMs: Milliseconds = day;
/** With more orders of one buyer nobody can say which is which, and comparing each with each would take for ever. */
const ofBuyerMax = 50;

export async function pairByBuyer(
  lists: { ours: readonly KnownPayment[]; theirs: readonly ExportedOrder[] },
  {
    found,
    isSameMoney,
  }: {
    /** What is paired already; what is paired here is added. */
    found: Map<ExportedOrder, KnownPayment>;
    isSameMoney(ours: KnownPayment, theirs: ExportedOrder): boolean;
  },
): Promise<void> {
  const taken = new Set(found.values());
  const rest = lists.theirs.filter((theirs) => !found.has(theirs));
  const free = lists.ours.filter((ours) => !taken.has(ours));
  const oursOf = Map.groupBy(free, ({ customerEmail }) => customerEmail?.toLowerCase());
  const theirsOf = Map.groupBy(rest, ({ customerEmail }) => customerEmail);
  const isAlike = (ours: KnownPayment, theirs: ExportedOrder): boolean =>
    theirs.soldAt !== null && Math.abs(theirs.soldAt - ours.payment.createdAt) <= edgeMs && isSameMoney(ours, theirs);
  for await (const slice of slicesOf(theirsOf, 1)) {
    for (const [email, theirs] of slice) {
      const ours = email === null ? [] : (oursOf.get(email) ?? []);
      if (ours.length > ofBuyerMax || theirs.length > ofBuyerMax) continue;
      for (const one of theirs) {
        const [candidate, ...others] = ours.filter((each) => isAlike(each, one));
        if (candidate === undefined || others.length > 0) continue;
        if (theirs.filter((rival) => isAlike(candidate, rival)).length === 1) found.set(one, candidate);
      }
    }
  }
}
