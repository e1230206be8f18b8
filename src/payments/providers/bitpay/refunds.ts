// BitPay: Refunds. The buyer accepts by e-mail, the money comes from the shop's ledger, and one guid is one refund.
import { z } from 'zod';
import type { RefundId } from '#kernel/ids.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type {
  ProviderRefund,
  ProviderRefundState,
  RefundCommand,
  RefundProvider,
} from '../../ports/refund-provider.ts';
import { amountText, idText, lenient, rfc3339, withCurrencyPlaces } from '../kit/body-fields.ts';
import { disownDuplicates } from '../kit/duplicate-refunds.ts';
import { acceptableAddress } from '../kit/payment-request.ts';
import { isRefundId, refundUuid } from '../kit/payment-uuid.ts';
import { type BitpayClient, foundOrUndefined } from './client.ts';
import { listLedgerRefunds } from './ledger.ts';

const refundSchema = z.object({
  id: idText,
  status: z.string().max(64),
  amount: amountText,
  currency: z.string(),
  // A refund of ours whose id cannot be read here is found by its guid.
  reference: lenient(z.string()),
  guid: lenient(z.string()),
  type: lenient(z.string()),
  txid: lenient(z.string()),
  requestDate: lenient(rfc3339),
});
type Refund = z.infer<typeof refundSchema>;

const refundAnswerSchema = z.object({ data: refundSchema });
const refundListSchema = z.object({ data: z.array(refundSchema) });

export function createBitpayRefunds(
  client: BitpayClient,
  settings: { notificationUrl?: string | undefined },
): RefundProvider {
  async function findByGuid(guid: string, signal?: AbortSignal): Promise<Refund | undefined> {
    const path = `/refunds/guid/${guid}`;
    const request = { operation: 'find_refunds', path, schema: refundAnswerSchema, signal } as const;
    return (await foundOrUndefined(client.get(request)))?.data;
  }

  return {
    way: 'accepted_by_buyer',
    async requestRefund(command, signal) {
      const guid = refundUuid(command.refundId);
      const guids = new Map([[guid, command.refundId]]);
      const fields = createFields(command, { guid, notificationUrl: settings.notificationUrl });
      const number = { name: 'amount', decimal: command.amount.amount };
      const request = {
        operation: 'request_refund',
        path: '/refunds',
        number,
        fields,
        schema: refundAnswerSchema,
        signal,
      };
      try {
        return toProviderRefund((await client.post(request)).data, guids);
      } catch (error) {
        if (!(error instanceof ProviderRejected)) throw error;
        // Whether a guid that is known gives its refund again or an error is not documented.
        const found = await findByGuid(guid, signal);
        if (found === undefined) throw error;
        return toProviderRefund(found, guids);
      }
    },
    async findRefunds(wanted, signal) {
      const { paymentReference, ours } = wanted;
      const guids = new Map(ours.map(({ refundId }) => [refundUuid(refundId), refundId]));
      const query = { invoiceId: paymentReference };
      const request = { operation: 'find_refunds', path: '/refunds', query, signal } as const;
      const listed = (await foundOrUndefined(client.get({ ...request, schema: refundListSchema })))?.data ?? [];
      const shown = listed.filter(isOfTheShop).map((refund) => toProviderRefund(withOurs(refund, ours), guids));
      for (const [guid, refundId] of guids) {
        if (shown.some((refund) => refund.refundId === refundId)) continue;
        const found = await findByGuid(guid, signal);
        if (found !== undefined) shown.push({ ...toProviderRefund(found, guids), refundId });
      }
      return disownDuplicates(shown, wanted);
    },
    listRefunds: (window, signal) => listLedgerRefunds(client, window, signal),
  };
}

/** A refund whose id at BitPay is known is ours, also where the list leaves out reference and guid. */
function withOurs(refund: Refund, ours: readonly { refundId: RefundId; reference: string | null }[]): Refund {
  const known = ours.find(({ reference }) => reference === refund.id);
  return known === undefined ? refund : { ...refund, reference: known.refundId };
}

function createFields(command: RefundCommand, about: { guid: string; notificationUrl: string | undefined }): object {
  return {
    invoiceId: command.paymentReference,
    currency: command.amount.asset,
    preview: false,
    immediate: false,
    buyerPaysRefundFee: false,
    guid: about.guid,
    reference: command.refundId,
    notificationURL: acceptableAddress(about.notificationUrl),
  };
}

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

/** What BitPay gives back by itself: money that was never captured for the shop. */
const automaticTypes: ReadonlySet<string> = new Set(['underpayment', 'overpayment', 'declined']);

/** False for a preview, which moves no money, and for a refund of money that was never the shop's. */
function isOfTheShop({ status, type }: Refund): boolean {
  return status !== 'preview' && !(type && automaticTypes.has(type));
}

/** `guids`: our refunds by the guid that we gave them. BitPay's lists may leave out the guid, or the reference. */
export function toProviderRefund(refund: Refund, guids: ReadonlyMap<string, RefundId>): ProviderRefund {
  const { reference, guid } = refund;
  return {
    reference: refund.id,
    refundId: (isRefundId(reference) ? reference : undefined) ?? (guid ? guids.get(guid) : undefined) ?? null,
    // A status that is not documented counts as pending: the money may have been sent.
    state: states.get(refund.status) ?? 'pending',
    providerStatus: refund.status,
    amount: { amount: withCurrencyPlaces(refund.amount, refund.currency), asset: refund.currency },
    claimUrl: null,
    transactionIds: refund.txid ? [refund.txid] : [],
    createdAt: refund.requestDate ?? null,
  };
}
