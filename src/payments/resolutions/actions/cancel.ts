import { cancelInto } from '../../collect/cancel-order.ts';
import { decideFor } from '../../lifecycle/change-order.ts';
import { refused } from '../../overrides/override.ts';
import { decideOpen, type Resolver, settleException } from './resolution.ts';

/** Cancels the order that the exception is about, and closes its open links. */
export const cancelExceptionOrder: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'cancel' }, async ({ work, exception, reason }) => {
    const order = exception.orderId === null ? undefined : await work.stores.orders.findOrder(exception.orderId);
    if (order === undefined) return refused('There is no order to cancel.');
    const payments = await work.stores.payments.listPaymentsForOrder(order.id);
    const decision = await decideFor(work, { order, payments, event: 'cancel', paymentId: null });
    if (decision.kind === 'refused') {
      return refused(`The order is ${order.status.replaceAll('_', ' ')}: its goods have left, or money is there.`);
    }
    await settleException(work, { exception, action: 'cancel', by: asked.by, reason, undo: null });
    await cancelInto(work, { order, reason });
    return { kind: 'decided', said: 'The order is cancelled.' };
  });
