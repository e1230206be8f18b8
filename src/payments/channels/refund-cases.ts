// What admins hear of refunds that could not be recorded at once: of an order that is not here, or not fitting their order.
import { unmatchedKey } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Payment } from '../model/payment.ts';
import type { ChannelOrderMark, ReportedRefund } from '../ports/channel-order-store.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ChannelRefund } from '../ports/sales-channel.ts';
import { hasOwnCard, raiseTogether } from './raise-together.ts';

interface HeldRefund {
  provider: ProviderName;
  reference: ChannelOrderMark['reference'];
  refund: ReportedRefund;
  payment: Payment | undefined;
}

/** A refund that does not fit its order changes nothing; the channel's export shows what is true. */
export async function holdRefund(tx: PaymentTx, held: HeldRefund): Promise<{ kind: 'held' }> {
  const { provider, reference, payment } = held;
  const rings = await hasOwnCard(tx, { provider, kind: 'refund_held' });
  if (!rings) await raiseTogether(tx, { provider, what: 'refunds' });
  // Whoever forges refunds may name as many orders as he likes: beyond the first ones only those that are here are kept.
  if (!rings && payment === undefined) return { kind: 'held' };
  const title = providerTitle(provider);
  const order = payment === undefined ? undefined : await tx.stores.orders.findOrder(payment.orderId);
  await raiseCase(tx, {
    key: `refund_held:${provider}:${reference}`,
    kind: 'refund_held',
    severity: 'warning',
    rings,
    isPaced: true,
    provider,
    reference,
    orderId: order?.id ?? null,
    paymentId: payment?.id ?? null,
    actions: ['resolve', 'open_order'],
    facts: {
      headline: `${title} made a refund that does not fit its order`,
      orderNumber: order === undefined ? null : formatOrderNumber(order.number),
      amount: order === undefined ? null : formatMoney(order),
      detail: `Order ${reference}. It is not recorded. If ${title} shows this refund, import its CSV export.`,
      why: misfitOf(held, order),
      trust: 'token',
    },
  });
  return { kind: 'held' };
}

function misfitOf({ refund, payment }: HeldRefund, order: Order | undefined): string {
  const { of, returnedMinor } = refund;
  if (of === null) return 'What the order cost was not named.';
  const reported = `The refund is ${formatMoney({ ...of, amountMinor: returnedMinor })} of ${formatMoney(of)}`;
  if (order === undefined || payment === undefined || returnedMinor > of.amountMinor) return `${reported}.`;
  if (of.currency !== payment.currency) return `It is in ${of.currency}, and the order in ${payment.currency}.`;
  return `${reported}, and the order is of ${formatMoney(payment)}.`;
}

/** A refund whose order was not received yet: nobody has to act before the channel had time to repeat its webhook. */
export async function raiseEarlyReturn(
  tx: PaymentTx,
  { provider, returned }: { provider: ProviderName; returned: ChannelRefund },
): Promise<void> {
  const { reference, price } = returned.channelOrder;
  const title = providerTitle(provider);
  const amount = formatMoney({ ...price, amountMinor: returned.returnedMinor });
  const key = unmatchedKey(provider, reference);
  const isKnown = (await tx.stores.cases.findLiveCase(key)) !== undefined;
  if (!isKnown && !(await hasOwnCard(tx, { provider, kind: 'payment_unknown' }))) {
    await raiseTogether(tx, { provider, what: 'refunds' });
    return;
  }
  await raiseCase(tx, {
    key,
    kind: 'payment_unknown',
    severity: 'info',
    provider,
    reference,
    facts: {
      headline: `${title} made a refund of an order that is not here`,
      amount,
      detail: `Order ${reference}. The refund is kept and recorded when the order is received.`,
      why: `If it is not received within three hours, import ${title}'s CSV export.`,
      trust: 'token',
      there: `${amount} of ${formatMoney(price)} refunded`,
    },
  });
}
