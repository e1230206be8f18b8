import type { RefundId } from '#kernel/ids.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { RefundCommand, RefundProvider } from '../../ports/refund-provider.ts';
import { oneOfEach } from '../kit/one-of-each.ts';
import { refundUuid } from '../kit/payment-uuid.ts';
import { acceptableAddress } from '../kit/web-address.ts';
import { isNotFound } from './client.ts';
import type { BitpayMerchantClient } from './merchant-client.ts';
import { isOfTheShop, type Refund, refundAnswerSchema, refundListSchema, toProviderRefund } from './refund.ts';

// BitPay: Refunds. The buyer accepts by e-mail, the money comes from the shop's ledger, and one guid is one refund.

const urlMax = 2048;

export function createBitpayRefunds(
  signed: BitpayMerchantClient,
  settings: { notificationUrl?: string | undefined },
): RefundProvider {
  async function findByGuid(guid: string, signal?: AbortSignal): Promise<Refund | undefined> {
    const path = `/refunds/guid/${guid}`;
    const request = { operation: 'find_refunds', method: 'GET', path, schema: refundAnswerSchema, signal } as const;
    return (await foundOrUndefined(signed.call(request)))?.data;
  }

  return {
    way: 'accepted_by_buyer',
    async requestRefund(command, signal) {
      const guid = refundUuid(command.refundId);
      const guids = new Map([[guid, command.refundId]]);
      const fields = createFields(command, { guid, notificationUrl: settings.notificationUrl });
      const request = { operation: 'request_refund', path: '/refunds', fields, schema: refundAnswerSchema, signal };
      try {
        return toProviderRefund((await signed.post(request)).data, guids);
      } catch (error) {
        if (!(error instanceof ProviderRejected)) throw error;
        // Whether a guid that is known gives its refund again or an error is not documented.
        const found = await findByGuid(guid, signal);
        if (found === undefined) throw error;
        return toProviderRefund(found, guids);
      }
    },
    async findRefunds(asked, signal) {
      const { paymentReference, ours } = asked;
      const guids = new Map(ours.map(({ refundId }) => [refundUuid(refundId), refundId]));
      const query = { invoiceId: paymentReference };
      const request = { operation: 'find_refunds', method: 'GET', path: '/refunds', query, signal } as const;
      const listed = (await foundOrUndefined(signed.call({ ...request, schema: refundListSchema })))?.data ?? [];
      const shown = listed.filter(isOfTheShop).map((refund) => toProviderRefund(withOurs(refund, ours), guids));
      for (const [guid, refundId] of guids) {
        if (shown.some((refund) => refund.refundId === refundId)) continue;
        const found = await findByGuid(guid, signal);
        if (found !== undefined) shown.push({ ...toProviderRefund(found, guids), refundId });
      }
      return oneOfEach(shown, asked);
    },
  };
}

/** A refund whose id at BitPay we know is ours, whatever else a list leaves out. */
function withOurs(refund: Refund, ours: readonly { refundId: RefundId; reference: string | null }[]): Refund {
  const known = ours.find(({ reference }) => reference === refund.id);
  return known === undefined ? refund : { ...refund, reference: known.refundId };
}

function createFields(command: RefundCommand, about: { guid: string; notificationUrl: string | undefined }): string {
  const rest = JSON.stringify({
    invoiceId: command.paymentReference,
    currency: command.amount.asset,
    preview: false,
    immediate: false,
    buyerPaysRefundFee: false,
    guid: about.guid,
    reference: command.refundId,
    notificationURL: acceptableAddress(about.notificationUrl, urlMax),
  });
  // BitPay wants a JSON number; it is written as the decimal that it is and never was a float.
  return `"amount":${command.amount.amount},${rest.slice(1)}`;
}

async function foundOrUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
