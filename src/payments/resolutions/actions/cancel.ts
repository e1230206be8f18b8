import { cancelInto } from '../../collect/cancel-order.ts';
import { decideFor } from '../../lifecycle/change-order.ts';
import { refused } from '../../overrides/override.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';

/** Cancels the order that the case is about, and closes its open links. */
export const cancelCaseOrder: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'cancel' }, async ({ work, one, reason }) => {
    const order = one.orderId === null ? undefined : await work.stores.orders.findOrder(one.orderId);
    if (order === undefined) return refused('There is no order to cancel.');
    const payments = await work.stores.payments.listPaymentsForOrder(order.id);
    const decision = await decideFor(work, { order, payments, event: 'cancel', paymentId: null });
    if (decision.kind === 'refused') {
      return refused(`The order is ${order.status.replaceAll('_', ' ')}: its goods have left, or money is there.`);
    }
    await settleCase(work, { one, action: 'cancel', by: asked.by, reason, undo: null });
    await cancelInto(work, { order, reason });
    return { kind: 'decided', said: 'The order is cancelled.' };
  });
