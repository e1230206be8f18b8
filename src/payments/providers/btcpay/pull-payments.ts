// BTCPay Server: Refunds, Pull payments, Payouts. A pull payment is an offer that the buyer claims; each claim is a payout,
// which the shop may have to approve before its wallet pays it. Only routes that old servers have as well: the payouts of one
// pull payment are public, and never were below the store.
import { z } from 'zod';
import { addDecimals, compareDecimals, withPlaces } from '#kernel/money.ts';
import type { ProviderRefundState } from '../../ports/refund-provider.ts';
import { amountText, idText, lenient, unixSeconds } from '../kit/body-fields.ts';
import { entriesOf, type UnreadEntry } from '../kit/list-entries.ts';
import { offsetPages } from '../kit/paging.ts';
import type { BtcpayAccount, BtcpayCall } from './client.ts';

const pageSize = 100;

export const pullPaymentSchema = z.object({
  id: idText,
  name: z.string().nullish(),
  description: lenient(z.string()),
  currency: z.string(),
  amount: amountText,
  archived: z.boolean().nullish(),
  viewLink: lenient(z.string()),
  startsAt: lenient(unixSeconds),
});
const pullPaymentListSchema = entriesOf(
  pullPaymentSchema,
  z.object({ id: lenient(idText) }).transform(({ id }) => ({ reference: id, paymentId: null, createdAt: null })),
);
export type PullPayment = z.infer<typeof pullPaymentSchema>;

const payoutSchema = z.object({
  id: z.string(),
  state: z.string().max(64),
  /** In the currency of the pull payment; before 2.0 it was called `amount`. */
  originalAmount: amountText.nullish(),
  originalCurrency: z.string().nullish(),
  amount: amountText.nullish(),
  paymentProof: lenient(z.record(z.string(), z.unknown())),
});
export type Payout = z.infer<typeof payoutSchema>;
export const payoutListSchema = z.array(payoutSchema);

export interface PullPaymentClient {
  /** Makes the offer that stands for a refund. Never repeated by itself: the server knows no idempotency key. */
  refundInvoice(invoiceId: string, body: string, signal?: AbortSignal): Promise<PullPayment>;
  /** All of the store, archived ones too; newest first. */
  listPullPayments(signal?: AbortSignal): Promise<(PullPayment | UnreadEntry)[]>;
  /** Without those that were cancelled, which move nothing. */
  listPayouts(pullPaymentId: string, signal?: AbortSignal): Promise<Payout[]>;
  /** Nobody can claim an archived one; archiving it again changes nothing. */
  archive(pullPaymentId: string, signal?: AbortSignal): Promise<void>;
}

export function createPullPaymentClient(call: BtcpayCall, { storeId }: BtcpayAccount): PullPaymentClient {
  const store = `/stores/${encodeURIComponent(storeId)}`;
  return {
    refundInvoice(invoiceId, body, signal) {
      const path = `${store}/invoices/${encodeURIComponent(invoiceId)}/refund`;
      return call({ operation: 'request_refund', method: 'POST', path, body, schema: pullPaymentSchema, signal });
    },
    async listPullPayments(signal) {
      const found: (PullPayment | UnreadEntry)[] = [];
      // Servers up to 2.4 have no pages and give the whole list each time.
      const list = { provider: 'btcpay', pageSize, endsWithoutNews: true } as const;
      const pages = offsetPages(list, (skip) => {
        const query = new URLSearchParams({ includeArchived: 'true', skip: String(skip), take: String(pageSize) });
        const path = `${store}/pull-payments?${query}`;
        return call({ operation: 'find_refunds', method: 'GET', path, schema: pullPaymentListSchema, signal });
      });
      for await (const page of pages) found.push(...page);
      return found;
    },
    listPayouts(pullPaymentId, signal) {
      const path = `/pull-payments/${encodeURIComponent(pullPaymentId)}/payouts`;
      return call({ operation: 'find_refunds', method: 'GET', path, schema: payoutListSchema, signal });
    },
    async archive(pullPaymentId, signal) {
      const path = `${store}/pull-payments/${encodeURIComponent(pullPaymentId)}`;
      await call({ operation: 'archive_refund', method: 'DELETE', path, schema: z.unknown(), signal });
    },
  };
}

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
  const part = isPartly
    ? ` (${withPlaces(paid, { asset: pull.currency, beside: [pull.amount] })} of ${pull.amount} ${pull.currency} paid)`
    : '';
  const open = payouts.find(({ state }) => state !== 'Cancelled' && state !== 'Completed');
  if (open !== undefined) return { state: 'pending', providerStatus: `${open.state}${part}` };
  // Of one that was archived in between, a part was paid and the rest never will be: it is neither succeeded nor cancelled.
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
