import type { ActingAdmin } from '#access/acting-admin.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { formatMoney } from '#kernel/money.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

const headlines = {
  order_marked_paid: 'Marked as paid by an admin',
  order_written_off: 'Written off',
} as const;

/** Notifies everybody who gets alerts of an override, with its reason. */
export async function recordOverride(
  tx: PaymentTx,
  input: { order: Order; kind: keyof typeof headlines; by: ActingAdmin; reason: string; detail?: string | null },
): Promise<void> {
  const { order, kind, by, reason } = input;
  await raiseCase(tx, {
    key: `${kind}:${order.id}:${order.version}`,
    kind,
    severity: 'info',
    orderId: order.id,
    facts: {
      headline: headlines[kind],
      orderNumber: formatOrderNumber(order.number),
      amount: formatMoney(order),
      detail: input.detail ?? 'No provider confirms it.',
      why: `${by.name}: ${reason}`,
    },
    actions: ['open_order'],
  });
}
