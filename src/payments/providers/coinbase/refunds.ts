// Coinbase: Checkouts, Refund. It is sent on at once, cannot be called off, and is PENDING until it is on the chain. A refund
// stands in `refunds[]` of its checkout and nowhere else.
import { z } from 'zod';
import { asProviderReference } from '#kernel/ids.ts';
import { ProviderRejected, ProviderUnreachable } from '../../ports/provider-errors.ts';
import type {
  ListedRefund,
  ProviderRefund,
  ProviderRefundState,
  RefundCommand,
  RefundProvider,
} from '../../ports/refund-provider.ts';
import { amountText, lenient, rfc3339 } from '../kit/body-fields.ts';
import { correlationTag, findCorrelationTag, withTag } from '../kit/correlation-tag.ts';
import { disownDuplicates } from '../kit/duplicate-refunds.ts';
import { understood } from '../kit/list-entries.ts';
import { collectedPages } from '../kit/paging.ts';
import { refundUuid } from '../kit/payment-uuid.ts';
import type { Checkout } from './checkout.ts';
import type { CoinbaseClient } from './client.ts';

const refundSchema = z.object({
  id: z.string().min(1).max(128),
  amount: amountText,
  currency: z.string(),
  status: z.string().max(64),
  // Our id is in it: what cannot be read there may be ours.
  reason: z.string().nullish(),
  transactionHash: lenient(z.string()),
  createdAt: lenient(rfc3339),
});
type Refund = z.infer<typeof refundSchema>;

const refundAnswerSchema = z.object({ refund: refundSchema });
const refundListSchema = z.object({ refunds: z.array(refundSchema).nullish() });

const reasonMax = 500;
/** Answers that say that the key was used before: by this very refund. */
const knownKeyCodes: ReadonlySet<string | null> = new Set(['idempotency_error', 'already_exists']);

export function createCoinbaseRefunds(client: CoinbaseClient): RefundProvider {
  async function findRefunds(checkoutId: string, signal?: AbortSignal): Promise<ProviderRefund[]> {
    const path = `/checkouts/${encodeURIComponent(checkoutId)}`;
    const request = { operation: 'find_refunds', method: 'GET', path, schema: refundListSchema, signal } as const;
    return ((await client.call(request)).value.refunds ?? []).map(toProviderRefund);
  }

  /** Never repeated by itself after a lost answer: whether keys hold for refunds is not documented. */
  async function send(command: RefundCommand, signal?: AbortSignal): Promise<ProviderRefund> {
    const path = `/checkouts/${encodeURIComponent(command.paymentReference)}/refund`;
    const request = { operation: 'request_refund', method: 'POST', path, schema: refundAnswerSchema } as const;
    const body = createBody(command);
    const idempotencyKey = refundUuid(command.refundId);
    const { value } = await client.call({ ...request, body, idempotencyKey, isRepeatable: false, signal });
    return toProviderRefund(value.refund);
  }

  return {
    way: 'sent',
    async requestRefund(command, signal) {
      const { paymentReference, refundId } = command;
      try {
        return await send(command, signal);
      } catch (error) {
        if (!(error instanceof ProviderRejected) || !knownKeyCodes.has(error.code)) throw error;
        const found = (await findRefunds(paymentReference, signal)).find((refund) => refund.refundId === refundId);
        if (found !== undefined) return found;
        // Coinbase refused, but the refund that used the key may show up later.
        const { provider, operation, code, httpStatus, message } = error;
        throw new ProviderUnreachable({ provider, operation, code, httpStatus, message, cause: error });
      }
    },
    findRefunds: async (query, signal) => disownDuplicates(await findRefunds(query.paymentReference, signal), query),
    async listRefunds(window, signal) {
      const pages = collectedPages({ provider: 'coinbase' }, async (pageToken: string | undefined) => {
        const page = await client.listPage(
          { ...window, pageToken, statuses: ['PARTIALLY_REFUNDED', 'REFUNDED'] },
          signal,
        );
        return { items: page.checkouts, next: page.nextPageToken ? page.nextPageToken : undefined };
      });
      const found: ListedRefund[] = [];
      for await (const entries of pages) for (const checkout of understood(entries)) found.push(...refundsOf(checkout));
      return found;
    },
  };
}

function refundsOf({ id, refunds }: Checkout): ListedRefund[] {
  return (refunds ?? []).map((refund) => ({ paymentReference: asProviderReference(id), reference: refund.id }));
}

/** Always the same bytes for the same command: Coinbase refuses a known key with another body. */
function createBody({ amount, reason, refundId }: RefundCommand): string {
  const tag = `(ref. ${correlationTag(refundId)})`;
  return JSON.stringify({
    amount: amount.amount,
    currency: amount.asset,
    reason: withTag(reason, { tag, lengthMax: reasonMax }),
  });
}

const states: ReadonlyMap<string, ProviderRefundState> = new Map([
  ['PENDING', 'pending'],
  ['COMPLETED', 'succeeded'],
  ['FAILED', 'failed'],
]);

function toProviderRefund(refund: Refund): ProviderRefund {
  return {
    reference: refund.id,
    // Coinbase has no field for an id of ours, so that it stands at the end of the reason.
    refundId: findCorrelationTag(refund.reason),
    // A status that is not documented counts as pending: the money may have been sent.
    state: states.get(refund.status) ?? 'pending',
    providerStatus: refund.status,
    amount: { amount: refund.amount, asset: refund.currency },
    claimUrl: null,
    transactionIds: refund.transactionHash ? [refund.transactionHash] : [],
    createdAt: refund.createdAt ?? null,
  };
}
