import { cancelInto } from '../../collect/cancel-order.ts';
import { decideFor } from '../../lifecycle/change-order.ts';
import { refused } from '../../overrides/override.ts';
import { decideOpen, type Resolver, settleException } from './resolution.ts';

/** Cancels the order that the exception is about, and closes its open links. */
export const cancelExceptionOrder: Resolver = (deps, asked) =>
  decideOpen(deps, { asked, action: 'cancel' }, async ({ tx, exception, reason }) => {
    const order = exception.orderId === null ? undefined : await tx.stores.orders.findOrder(exception.orderId);
    if (order === undefined) return refused('There is no order to cancel.');
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    const decision = await decideFor(tx, { order, payments, event: 'cancel', paymentId: null });
    if (decision.kind === 'refused') {
      return refused(`The order is ${order.status.replaceAll('_', ' ')}: its goods have left, or money is there.`);
    }
    await settleException(tx, { exception, action: 'cancel', by: asked.by, reason, undo: null });
    await cancelInto(tx, { order, reason });
    return { kind: 'decided', said: 'The order is cancelled.' };
  });
