import type { ZodType } from 'zod';
import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../provider-errors.ts';
import type { HttpCall, ProviderHttp } from '../http.ts';
import { type Invoice, invoiceAnswerSchema, invoiceListSchema } from './invoice.ts';
import { type BitpayKey, signBitpayRequest } from './signing.ts';

/** Token and key of the merchant facade; without it there is no list, no cancel and no search by guid. */
export interface MerchantAccess {
  token: string;
  key: BitpayKey;
}

export interface BitpayClient {
  readonly merchant: MerchantAccess | undefined;
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
  /** Throws when the pos token is not accepted. */
  probePos(signal?: AbortSignal): Promise<void>;
}

/** BitPay: Invoices. Creating and fetching go by the pos token, which needs no signature. */
export function createBitpayClient(
  http: ProviderHttp,
  options: { apiUrl: string; posToken: string; merchant: MerchantAccess | undefined },
): BitpayClient {
  const { apiUrl, posToken, merchant } = options;

  async function call<T>(request: Omit<HttpCall<T>, 'headers' | 'url'> & { path: string; signer?: BitpayKey }) {
    const url = `${apiUrl}${request.path}`;
    const { signer, body } = request;
    const headers = () => ({
      'X-Accept-Version': '2.0.0',
      'Content-Type': 'application/json',
      ...(signer === undefined ? {} : signBitpayRequest(signer, { url, body })),
    });
    return (await http.call({ ...request, url, headers })).value;
  }

  async function callSigned<T>(request: {
    operation: string;
    method: 'GET' | 'DELETE';
    path: string;
    query?: Record<string, string>;
    schema: ZodType<T>;
    signal?: AbortSignal | undefined;
  }) {
    const { token, key } = neededMerchant(merchant, request.operation);
    const path = `${request.path}?${new URLSearchParams({ token, ...request.query })}`;
    return await call({ ...request, path, signer: key, isRepeatable: true });
  }

  const fetchInvoice: BitpayClient['fetchInvoice'] = async (id, signal) => {
    const path = `/invoices/${encodeURIComponent(id)}?${new URLSearchParams({ token: posToken })}`;
    const request = { operation: 'fetch_payment', method: 'GET', path, isRepeatable: true } as const;
    return (await call({ ...request, schema: invoiceAnswerSchema, signal })).data;
  };

  return {
    merchant,
    fetchInvoice,
    async probePos(signal) {
      try {
        // The token has no cheap call of its own: an invoice that cannot be is answered 404 when all is well.
        await fetchInvoice('1111111111111111111111', signal);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    async createInvoice({ body, isRepeatable, signal }) {
      const request = { operation: 'create_payment', method: 'POST', path: '/invoices', body, isRepeatable } as const;
      return (await call({ ...request, schema: invoiceAnswerSchema, signal })).data;
    },
    async findInvoiceByGuid(guid, signal) {
      const path = `/invoices/guid/${encodeURIComponent(guid)}`;
      const request = { operation: 'find_payment', method: 'GET', path, signal } as const;
      try {
        return (await callSigned({ ...request, schema: invoiceAnswerSchema })).data;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async listPage({ from, to, limit, offset }, signal) {
      const query = { dateStart: day(from), dateEnd: day(to), limit: String(limit), offset: String(offset) };
      const request = { operation: 'list_payments', method: 'GET', path: '/invoices', query, signal } as const;
      return (await callSigned({ ...request, schema: invoiceListSchema })).data;
    },
    async cancelInvoice(id, signal) {
      const path = `/invoices/${encodeURIComponent(id)}`;
      await callSigned({ operation: 'cancel_payment', method: 'DELETE', path, schema: z.unknown(), signal });
    },
  };
}

/** BitPay may put an error under status 200, so its words count as much as the status. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ProviderRejected && (error.httpStatus === 404 || /not found/i.test(error.message));
}

function day(time: Milliseconds): string {
  return new Date(time).toISOString().slice(0, 10);
}

function neededMerchant(merchant: MerchantAccess | undefined, operation: string): MerchantAccess {
  if (merchant !== undefined) return merchant;
  const message = `${operation}: BitPay needs BITPAY_MERCHANT_TOKEN and BITPAY_PRIVATE_KEY for this`;
  throw new ProviderRejected({ provider: 'bitpay', operation, code: null, httpStatus: null, message });
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
