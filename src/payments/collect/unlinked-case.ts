// An order whose customer has no link: the provider made no payment, or gave no answer when it was asked for one.
import type { CaseTx } from '#cases/case-store.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Order } from '#orders/order.ts';
import { notCreated } from '../lifecycle/conditions.ts';
import { keyOf, raisePaymentCase } from '../lifecycle/payment-cases.ts';
import { hasLink, type Payment } from '../model/payment.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { type ProviderError, ProviderUnreachable } from '../ports/provider-errors.ts';

export async function raiseNotCreated(
  tx: CaseTx,
  input: { order: Order; payment: Payment; why: string },
): Promise<void> {
  await raisePaymentCase(tx, { ...input, condition: notCreated });
}

/**
 * Whether the provider made the payment is not known. Raised once, because the provider is asked about it again and again;
 * ended where the payment is found (`applySnapshotInto`). It does not ring where the provider's outage has rung.
 */
export async function tellUnlinked(
  deps: TransactionDeps<PaymentStores>,
  held: { payment: Payment; cause: Cause; because: ProviderError | string },
): Promise<void> {
  const { payment, because } = held;
  const rings = !(because instanceof ProviderUnreachable) || because.wasAsked;
  const why = typeof because === 'string' ? because : failureWords(because);
  await inTransaction(deps, held.cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(payment.orderId);
    if (order === undefined || order.status !== 'awaiting_payment') return;
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    const live = await tx.stores.cases.findLiveCase(keyOf(notCreated.kind, { order, payment }));
    if (live !== undefined || payments.some(hasLink)) return;
    const condition = { ...notCreated, headline: 'It is not known whether a payment link was made' };
    const facts = { detail: 'It is being looked for at the provider.' };
    await raisePaymentCase(tx, { order, payment, condition, why, rings, facts });
  });
}
