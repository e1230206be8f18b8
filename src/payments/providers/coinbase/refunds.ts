import { ProviderRejected, ProviderUnreachable } from '../../ports/provider-errors.ts';
import type { ProviderRefund, RefundCommand, RefundProvider } from '../../ports/refund-provider.ts';
import { correlationTag, withMark } from '../kit/correlation-tag.ts';
import { oneOfEach } from '../kit/one-of-each.ts';
import { refundUuid } from '../kit/payment-uuid.ts';
import type { CoinbaseClient } from './client.ts';
import { toProviderRefund } from './refund.ts';

// Coinbase: Checkouts, Refund. It is sent on at once, cannot be called off, and is PENDING until it is on the chain.

const reasonMax = 500;
/** Answers that say that the key was used before: by this very refund. */
const knownKeyCodes: ReadonlySet<string | null> = new Set(['idempotency_error', 'already_exists']);

export function createCoinbaseRefunds(client: CoinbaseClient): RefundProvider {
  const findRefunds = async (checkoutId: string, signal?: AbortSignal): Promise<ProviderRefund[]> =>
    (await client.fetchRefunds(checkoutId, signal)).map(toProviderRefund);

  return {
    way: 'sent',
    async requestRefund(command, signal) {
      const { paymentReference, refundId } = command;
      const request = { id: paymentReference, idempotencyKey: refundUuid(refundId), body: createBody(command), signal };
      try {
        return toProviderRefund(await client.refundCheckout(request));
      } catch (error) {
        if (!(error instanceof ProviderRejected) || !knownKeyCodes.has(error.code)) throw error;
        const found = (await findRefunds(paymentReference, signal)).find((refund) => refund.refundId === refundId);
        if (found !== undefined) return found;
        // The words are a refusal, but what the key was used for may yet show.
        const { provider, operation, code, httpStatus, message } = error;
        throw new ProviderUnreachable({ provider, operation, code, httpStatus, message, cause: error });
      }
    },
    findRefunds: async (query, signal) => oneOfEach(await findRefunds(query.paymentReference, signal), query),
  };
}

/** Always the same bytes for the same command: Coinbase refuses a known key with another body. */
function createBody({ amount, reason, refundId }: RefundCommand): string {
  const mark = `(ref. ${correlationTag(refundId)})`;
  return JSON.stringify({
    amount: amount.amount,
    currency: amount.asset,
    reason: withMark(reason, { mark, lengthMax: reasonMax }),
  });
}
