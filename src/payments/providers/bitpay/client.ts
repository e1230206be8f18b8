// BitPay: Invoices, facades and request signing. Creating and fetching go by the pos token, which needs no signature; list,
// cancel, refund and ledger belong to the merchant facade, whose calls are signed.
import { type ZodType, z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderHttp } from '../http/client.ts';
import type { UnreadEntry } from '../kit/list-entries.ts';
import { jsonWithNumber } from '../kit/payment-request.ts';
import { unsupported } from '../kit/unsupported.ts';
import { findPaymentId, type Invoice, invoiceAnswerSchema, invoiceListSchema } from './invoice.ts';
import { type BitpayKey, bitpayHeaders } from './signing.ts';

/** Token and key of the merchant facade. */
export interface MerchantAccess {
  token: string;
  key: BitpayKey;
}

interface MerchantCall<T> {
  operation: string;
  path: string;
  schema: ZodType<T>;
  signal?: AbortSignal | undefined;
}

/** `token`: that of the resource, if not our own. */
type SignedCall<T> = MerchantCall<T> & { query?: Record<string, string>; token?: string };

export interface BitpayClient {
  readonly hasMerchant: boolean;
  /** `isRepeatable`: whether a lost answer may be followed by the same request at once. */
  createInvoice(input: { body: string; isRepeatable: boolean; signal?: AbortSignal | undefined }): Promise<Invoice>;
  fetchInvoice(id: string, signal?: AbortSignal): Promise<Invoice>;
  /** Throws when the pos token is not accepted. */
  probePos(signal?: AbortSignal): Promise<void>;
  // The merchant facade: each call is refused where there is none.
  /** Undefined when there is no invoice with this guid. */
  findInvoiceByGuid(guid: string, signal?: AbortSignal): Promise<Invoice | undefined>;
  /** Invoices created on these days (UTC), both included. */
  listPage(
    query: { from: Milliseconds; to: Milliseconds; limit: number; offset: number },
    signal?: AbortSignal,
  ): Promise<(Invoice | UnreadEntry)[]>;
  cancelInvoice(id: string, signal?: AbortSignal): Promise<void>;
  /** A GET, repeated by itself. */
  get<T>(call: SignedCall<T>): Promise<T>;
  /** A POST, sent once. */
  post<T>(call: MerchantCall<T> & { number: { name: string; decimal: string }; fields: object }): Promise<T>;
}

/** No invoice has this id: the pos token has no cheap call, and asking for such an invoice is answered 404 when all is well. */
const unknownId = '1111111111111111111111';

export function createBitpayClient(
  http: ProviderHttp,
  options: { apiUrl: string; posToken: string; merchant: MerchantAccess | undefined },
): BitpayClient {
  const { apiUrl, posToken, merchant } = options;

  function neededMerchant(operation: string): MerchantAccess {
    if (merchant !== undefined) return merchant;
    const why = 'BitPay needs BITPAY_MERCHANT_TOKEN and BITPAY_PRIVATE_KEY for this';
    throw unsupported('bitpay', { operation, why });
  }

  /** A DELETE has one effect, so that it may be repeated like a read. */
  async function callSigned<T>({
    query,
    token,
    path,
    ...rest
  }: SignedCall<T> & { method: 'GET' | 'DELETE' }): Promise<T> {
    const { key, token: ours } = neededMerchant(rest.operation);
    const url = `${apiUrl}${path}?${new URLSearchParams({ token: token ?? ours, ...query })}`;
    return (await http.call({ ...rest, url, headers: () => bitpayHeaders({ url }, key), isRepeatable: true })).value;
  }

  async function askForInvoice(id: string, how: { expectsNothing: boolean; signal: AbortSignal | undefined }) {
    const url = `${apiUrl}/invoices/${encodeURIComponent(id)}?${new URLSearchParams({ token: posToken })}`;
    const request = { operation: 'fetch_payment', method: 'GET', url, isRepeatable: true } as const;
    const headers = () => bitpayHeaders({ url });
    return (await http.call({ ...request, ...how, headers, schema: invoiceAnswerSchema, findPaymentId })).value.data;
  }

  return {
    hasMerchant: merchant !== undefined,
    async createInvoice({ body, isRepeatable, signal }) {
      const url = `${apiUrl}/invoices`;
      const request = { operation: 'create_payment', method: 'POST', url, body, isRepeatable } as const;
      const headers = () => bitpayHeaders({ url });
      return (await http.call({ ...request, headers, schema: invoiceAnswerSchema, signal })).value.data;
    },
    fetchInvoice: (id, signal) => askForInvoice(id, { expectsNothing: false, signal }),
    async probePos(signal) {
      await foundOrUndefined(askForInvoice(unknownId, { expectsNothing: true, signal }));
    },
    async findInvoiceByGuid(guid, signal) {
      const path = `/invoices/guid/${encodeURIComponent(guid)}`;
      const request = { operation: 'find_payment', method: 'GET', path, signal } as const;
      return (await foundOrUndefined(callSigned({ ...request, schema: invoiceAnswerSchema })))?.data;
    },
    async listPage({ from, to, limit, offset }, signal) {
      const query = { dateStart: dayOf(from), dateEnd: dayOf(to), limit: String(limit), offset: String(offset) };
      const request = { operation: 'list_payments', method: 'GET', path: '/invoices', query, signal } as const;
      return (await callSigned({ ...request, schema: invoiceListSchema })).data;
    },
    async cancelInvoice(id, signal) {
      const path = `/invoices/${encodeURIComponent(id)}`;
      await callSigned({ operation: 'cancel_payment', method: 'DELETE', path, schema: z.unknown(), signal });
    },
    get: (request) => callSigned({ ...request, method: 'GET' }),
    async post({ number, fields, path, ...request }) {
      const { key, token } = neededMerchant(request.operation);
      const url = `${apiUrl}${path}`;
      const body = jsonWithNumber(number, { token, ...fields });
      const headers = () => bitpayHeaders({ url, body }, key);
      return (await http.call({ ...request, method: 'POST', url, body, headers, isRepeatable: false })).value;
    },
  };
}

/** BitPay may put an error under status 200, so its message counts as much as the status. */
export async function foundOrUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isNotFound =
      error instanceof ProviderRejected && (error.httpStatus === 404 || /not found/i.test(error.message));
    if (isNotFound) return undefined;
    throw error;
  }
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
