import { z } from 'zod';
import type { RefundId } from '#kernel/ids.ts';
import type { ProviderRefund, ProviderRefundState } from '../../ports/refund-provider.ts';
import { decimalText, idText, rfc3339 } from '../kit/body-fields.ts';
import { isRefundId } from '../kit/payment-uuid.ts';
import { withCurrencyPlaces } from './amount.ts';

// BitPay: Refunds, the resource.

const refundSchema = z.object({
  id: idText,
  status: z.string().max(64),
  amount: decimalText,
  currency: z.string(),
  reference: z.string().nullish(),
  guid: z.string().nullish(),
  type: z.string().nullish(),
  txid: z.string().nullish(),
  requestDate: rfc3339.nullish(),
});
export type Refund = z.infer<typeof refundSchema>;

export const refundAnswerSchema = z.object({ data: refundSchema });
export const refundListSchema = z.object({ data: z.array(refundSchema) });

const states: ReadonlyMap<string, ProviderRefundState> = new Map([
  ['preview', 'pending'],
  ['created', 'pending'],
  ['pending', 'pending'],
  ['success', 'succeeded'],
  ['failure', 'failed'],
  // BitPay spells it both ways.
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
]);

/** What BitPay gives back by itself: money that was never credited to the shop. */
const automaticTypes: ReadonlySet<string> = new Set(['underpayment', 'overpayment', 'declined']);

/** False for a calculation that nobody has asked to carry out, and for what was never the shop's money. */
export function isOfTheShop({ status, type }: Refund): boolean {
  return status !== 'preview' && !(type && automaticTypes.has(type));
}

/** `guids`: our refunds by the guid that we gave them. BitPay's lists may leave out the guid, or the reference. */
export function toProviderRefund(refund: Refund, guids: ReadonlyMap<string, RefundId>): ProviderRefund {
  const { reference, guid } = refund;
  return {
    reference: refund.id,
    refundId: (isRefundId(reference) ? reference : undefined) ?? (guid ? guids.get(guid) : undefined) ?? null,
    // A word that is not documented is followed up: the money may have gone.
    state: states.get(refund.status) ?? 'pending',
    providerStatus: refund.status,
    amount: { amount: withCurrencyPlaces(refund.amount, refund.currency), asset: refund.currency },
    claimUrl: null,
    transactionIds: refund.txid ? [refund.txid] : [],
    createdAt: refund.requestDate ?? null,
  };
}
