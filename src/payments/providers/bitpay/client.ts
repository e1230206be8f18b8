import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { HttpCall, ProviderHttp } from '../http/client.ts';
import { type Invoice, invoiceAnswerSchema, invoiceListSchema } from './invoice.ts';
import { type BitpayMerchantClient, createBitpayMerchantClient, type MerchantAccess } from './merchant-client.ts';
import { bitpayHeaders } from './signing.ts';

export interface BitpayClient {
  readonly merchant: MerchantAccess | undefined;
  /** Calls of the merchant facade; each is refused where there is none. */
  readonly signed: BitpayMerchantClient;
  /** `isRepeatable`: whether a lost answer may be followed by the same request at once. */
  createInvoice(input: { body: string; isRepeatable: boolean; signal?: AbortSignal | undefined }): Promise<Invoice>;
  fetchInvoice(id: string, signal?: AbortSignal): Promise<Invoice>;
  /** Undefined when there is no invoice with this guid. Merchant facade. */
  findInvoiceByGuid(guid: string, signal?: AbortSignal): Promise<Invoice | undefined>;
  /** Invoices created on these days (UTC), both included. Merchant facade. */
  listPage(
    query: { from: Milliseconds; to: Milliseconds; limit: number; offset: number },
    signal?: AbortSignal,
  ): Promise<Invoice[]>;
  /** Merchant facade. */
  cancelInvoice(id: string, signal?: AbortSignal): Promise<void>;
}

/** BitPay: Invoices. Creating and fetching go by the pos token, which needs no signature. */
export function createBitpayClient(
  http: ProviderHttp,
  options: { apiUrl: string; posToken: string; merchant: MerchantAccess | undefined },
): BitpayClient {
  const { apiUrl, posToken, merchant } = options;

  const signed = createBitpayMerchantClient(http, options);

  async function call<T>(request: Omit<HttpCall<T>, 'headers' | 'url'> & { path: string }) {
    const url = `${apiUrl}${request.path}`;
    return (await http.call({ ...request, url, headers: () => bitpayHeaders({ url }) })).value;
  }

  return {
    merchant,
    signed,
    async createInvoice({ body, isRepeatable, signal }) {
      const request = { operation: 'create_payment', method: 'POST', path: '/invoices', body, isRepeatable } as const;
      return (await call({ ...request, schema: invoiceAnswerSchema, signal })).data;
    },
    async fetchInvoice(id, signal) {
      const path = `/invoices/${encodeURIComponent(id)}?${new URLSearchParams({ token: posToken })}`;
      const request = { operation: 'fetch_payment', method: 'GET', path, isRepeatable: true } as const;
      return (await call({ ...request, schema: invoiceAnswerSchema, signal })).data;
    },
    async findInvoiceByGuid(guid, signal) {
      const path = `/invoices/guid/${encodeURIComponent(guid)}`;
      const request = { operation: 'find_payment', method: 'GET', path, signal } as const;
      try {
        return (await signed.call({ ...request, schema: invoiceAnswerSchema })).data;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async listPage({ from, to, limit, offset }, signal) {
      const query = { dateStart: dayOf(from), dateEnd: dayOf(to), limit: String(limit), offset: String(offset) };
      const request = { operation: 'list_payments', method: 'GET', path: '/invoices', query, signal } as const;
      return (await signed.call({ ...request, schema: invoiceListSchema })).data;
    },
    async cancelInvoice(id, signal) {
      const path = `/invoices/${encodeURIComponent(id)}`;
      await signed.call({ operation: 'cancel_payment', method: 'DELETE', path, schema: z.unknown(), signal });
    },
  };
}

/**
 * Throws when the pos token is not accepted. It has no cheap call of its own: asking for an invoice that cannot be is
 * answered 404 when all is well.
 */
export async function probePos(client: Pick<BitpayClient, 'fetchInvoice'>, signal?: AbortSignal): Promise<void> {
  try {
    await client.fetchInvoice('1111111111111111111111', signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** BitPay may put an error under status 200, so its words count as much as the status. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ProviderRejected && (error.httpStatus === 404 || /not found/i.test(error.message));
}

/** The day (UTC) of a time, as the queries of lists name it. */
export function dayOf(time: Milliseconds): string {
  return new Date(time).toISOString().slice(0, 10);
}

const errorSchema = z.union([
  z.object({ error: z.string(), code: z.string().nullish(), message: z.string().nullish() }),
  z.object({ status: z.literal('error'), code: z.string().nullish(), message: z.string().nullish() }),
  z.object({ errors: z.array(z.object({ error: z.string(), param: z.string().nullish() })).min(1) }),
]);

/** BitPay: Error codes. Three shapes, and some of them may come with status 200. */
export function findBitpayError(body: JsonValue) {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return undefined;
  if ('errors' in parsed.data) {
    const message = parsed.data.errors.map(({ error, param }) => (param ? `${param}: ${error}` : error)).join('; ');
    return { code: null, message };
  }
  const { code, message } = parsed.data;
  const words = 'error' in parsed.data ? parsed.data.error : (message ?? 'error');
  return { code: code ?? null, message: words };
}
