import { z } from 'zod';
import type { ProviderRefund, ProviderRefundState } from '../../ports/refund-provider.ts';
import { decimalText, rfc3339 } from '../kit/body-fields.ts';
import { findCorrelationTag } from '../kit/correlation-tag.ts';

// Coinbase: Checkouts, the refund object. It stands in `refunds[]` of its checkout and nowhere else.

const refundSchema = z.object({
  id: z.string().min(1).max(128),
  amount: decimalText,
  currency: z.string(),
  status: z.string().max(64),
  reason: z.string().nullish(),
  transactionHash: z.string().nullish(),
  createdAt: rfc3339.nullish(),
});
export type Refund = z.infer<typeof refundSchema>;

export const refundAnswerSchema = z.object({ refund: refundSchema });
export const refundListSchema = z.object({ refunds: z.array(refundSchema).nullish() });

const states: ReadonlyMap<string, ProviderRefundState> = new Map([
  ['PENDING', 'pending'],
  ['COMPLETED', 'succeeded'],
  ['FAILED', 'failed'],
]);

export function toProviderRefund(refund: Refund): ProviderRefund {
  return {
    reference: refund.id,
    // Coinbase has no field for an id of ours, so that it stands at the end of the reason.
    refundId: findCorrelationTag(refund.reason),
    // A word that is not documented is followed up: the money may have gone.
    state: states.get(refund.status) ?? 'pending',
    providerStatus: refund.status,
    amount: { amount: refund.amount, asset: refund.currency },
    claimUrl: null,
    transactionIds: refund.transactionHash ? [refund.transactionHash] : [],
    createdAt: refund.createdAt ?? null,
  };
}
