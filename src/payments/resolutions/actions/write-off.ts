import { balanceOf } from '../../model/balance.ts';
import { loadAbout } from '../../overrides/accept-into.ts';
import { recordOverride } from '../../overrides/record-override.ts';
import { writeOffInto, writeOffRefusal } from '../../overrides/write-off-order.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

/** Accepts the loss. Of an order that is paid otherwise only the difference is written off, and the order stays as it is. */
export const writeOff: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'write_off' }, async ({ tx, one, reason }) => {
    const about = await loadAbout(tx, one);
    if (about === undefined) return refused({ code: 'no_order', action: 'write_off' });
    const { order, payments } = about;
    const { by } = asked;
    const decided = { one, action: 'write_off', by, reason } as const;
    const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
    // Where all of the money went back and was reversed as well, no order waits for it any more.
    if (order.status === 'refunded' || balanceOf(order, payments, refunds).isCovered) {
      await settleCase(tx, { ...decided, undo: {}, words: 'wrote the difference off' });
      await recordOverride(tx, { order, kind: 'order_written_off', by, reason });
      return { kind: 'decided', code: 'difference_written_off' };
    }
    const refusal = await writeOffRefusal(tx, order);
    if (refusal !== undefined) return refused(refusal);
    const left = order.fulfilledAt === null ? 'cancelled' : 'fulfilled';
    await settleCase(tx, { ...decided, undo: { orderId: order.id, left } });
    await writeOffInto(tx, { order, by, reason });
    return { kind: 'decided', code: 'written_off' };
  });
