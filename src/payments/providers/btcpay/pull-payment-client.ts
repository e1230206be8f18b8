import { z } from 'zod';
import type { ProviderHttp } from '../http/client.ts';
import { collectedPages, pagesMax } from '../kit/paging.ts';
import { createBtcpayCall } from './call.ts';
import {
  type Payout,
  type PullPayment,
  payoutListSchema,
  pullPaymentListSchema,
  pullPaymentSchema,
} from './pull-payment.ts';

const pageTake = 100;

export interface PullPaymentClient {
  /** Makes the offer that stands for a refund. Never repeated by itself: the server knows no idempotency key. */
  refundInvoice(invoiceId: string, body: string, signal?: AbortSignal): Promise<PullPayment>;
  /** All of the store, archived ones too; newest first. */
  listPullPayments(signal?: AbortSignal): Promise<PullPayment[]>;
  /** Without those that were cancelled, which move nothing. */
  listPayouts(pullPaymentId: string, signal?: AbortSignal): Promise<Payout[]>;
  /** Nobody can claim it from then on; doing it again changes nothing. */
  archive(pullPaymentId: string, signal?: AbortSignal): Promise<void>;
}

/**
 * BTCPay Server: Greenfield API, Refunds, Pull payments, Payouts. Only routes that old servers have as well: the payouts
 * of one pull payment are public, and never were below the store.
 */
export function createPullPaymentClient(
  http: ProviderHttp,
  options: { url: string; apiKey: string; storeId: string },
): PullPaymentClient {
  const call = createBtcpayCall(http, options);
  const store = `/stores/${encodeURIComponent(options.storeId)}`;

  return {
    refundInvoice(invoiceId, body, signal) {
      const path = `${store}/invoices/${encodeURIComponent(invoiceId)}/refund`;
      return call({ operation: 'request_refund', method: 'POST', path, body, schema: pullPaymentSchema, signal });
    },
    async listPullPayments(signal) {
      const seen = new Set<string>();
      const found: PullPayment[] = [];
      const pages = collectedPages({ provider: 'btcpay', pagesMax }, async (skip: number = 0) => {
        const query = new URLSearchParams({ includeArchived: 'true', skip: String(skip), take: String(pageTake) });
        const path = `${store}/pull-payments?${query}`;
        const request = { operation: 'find_refunds', method: 'GET', path, signal } as const;
        const items = await call({ ...request, schema: pullPaymentListSchema });
        // Servers up to 2.4 have no pages and give the whole list each time: a page without news is the end.
        const news = items.filter(({ id }) => !seen.has(id));
        for (const { id } of news) seen.add(id);
        return { items: news, next: items.length < pageTake || news.length === 0 ? undefined : skip + pageTake };
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
