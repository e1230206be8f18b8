import { z } from 'zod';
import { addDecimals, compareDecimals, withPlaces } from '#kernel/money.ts';
import type { ProviderRefundState } from '../../ports/refund-provider.ts';
import { decimalText, idText, unixSeconds } from '../kit/body-fields.ts';

// BTCPay Server: Greenfield API, PullPaymentData and PayoutData. A pull payment is an offer that the buyer claims; each
// claim is a payout, which the shop may have to approve before its wallet pays it.

export const pullPaymentSchema = z.object({
  id: idText,
  name: z.string().nullish(),
  currency: z.string(),
  amount: decimalText,
  archived: z.boolean().nullish(),
  viewLink: z.string().nullish(),
  startsAt: unixSeconds.nullish(),
});
export type PullPayment = z.infer<typeof pullPaymentSchema>;
export const pullPaymentListSchema = z.array(pullPaymentSchema);

const payoutSchema = z.object({
  id: z.string(),
  state: z.string().max(64),
  /** In the currency of the pull payment; before 2.0 it was called `amount`. */
  originalAmount: decimalText.nullish(),
  originalCurrency: z.string().nullish(),
  amount: decimalText.nullish(),
  paymentProof: z.record(z.string(), z.unknown()).nullish(),
});
export type Payout = z.infer<typeof payoutSchema>;
export const payoutListSchema = z.array(payoutSchema);

/** An offer, and what was claimed of it. */
export interface Claim {
  pull: PullPayment;
  payouts: readonly Payout[];
}

/** Whether money went out on it, or may still without anybody claiming it anew. */
export function isClaimed({ payouts }: Claim): boolean {
  return payouts.some(({ state }) => state !== 'Cancelled');
}

export function stateOf(claim: Claim): { state: ProviderRefundState; providerStatus: string } {
  const { pull, payouts } = claim;
  const paid = paidOut(claim);
  if (compareDecimals(paid, pull.amount) >= 0) return { state: 'succeeded', providerStatus: 'Completed' };
  const isPartly = compareDecimals(paid, '0') > 0;
  const part = isPartly ? ` (${withPlaces(paid, [pull.amount])} of ${pull.amount} ${pull.currency} paid)` : '';
  const open = payouts.find(({ state }) => state !== 'Cancelled' && state !== 'Completed');
  if (open !== undefined) return { state: 'pending', providerStatus: `${open.state}${part}` };
  // What was paid before it was archived is gone, and what was not will never be: neither word would be true of it all.
  if (pull.archived) return { state: isPartly ? 'pending' : 'cancelled', providerStatus: `Archived${part}` };
  return { state: 'pending', providerStatus: `waiting for the buyer to claim it${part}` };
}

function paidOut({ pull, payouts }: Claim): string {
  return payouts
    .filter(
      ({ state, originalCurrency }) => state === 'Completed' && (originalCurrency ?? pull.currency) === pull.currency,
    )
    .reduce((sum, { originalAmount, amount }) => addDecimals(sum, originalAmount ?? amount ?? '0'), '0');
}

/** Servers write the names of the fields of a proof with a small or a capital letter. */
const proofFields = ['TransactionId', 'transactionId', 'PaymentHash', 'paymentHash', 'id'] as const;

export function transactionIdsOf({ payouts }: Claim): string[] {
  const ids = payouts.flatMap(({ paymentProof }) => {
    const id = proofFields.map((name) => paymentProof?.[name]).find((value) => typeof value === 'string');
    return typeof id === 'string' && id !== '' && id.length <= 128 ? [id] : [];
  });
  return [...new Set(ids)];
}
