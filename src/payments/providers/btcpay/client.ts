// BTCPay Server: Greenfield API. Only nested routes: the short ones are missing in old versions.
import { z } from 'zod';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { HttpCall, ProviderHttp } from '../http/client.ts';
import type { UnreadEntry } from '../kit/list-entries.ts';
import {
  findPaymentId,
  type Invoice,
  invoiceListSchema,
  invoiceSchema,
  type PaymentMethod,
  paymentMethodsSchema,
} from './invoice.ts';

export interface BtcpayAccount {
  url: string;
  apiKey: string;
  storeId: string;
}

interface BtcpayRequest<T> extends Pick<HttpCall<T>, 'operation' | 'method' | 'schema' | 'findPaymentId' | 'signal'> {
  /** Below `/api/v1`. */
  path: string;
  body?: string;
}

export type BtcpayCall = <T>(request: BtcpayRequest<T>) => Promise<T>;

/** A POST is never repeated by itself: the server knows no idempotency key. */
export function createBtcpayCall(http: ProviderHttp, { url: root, apiKey }: BtcpayAccount): BtcpayCall {
  return async (request) => {
    const headers: Record<string, string> = { Authorization: `token ${apiKey}` };
    if (request.body !== undefined) headers['Content-Type'] = 'application/json';
    const call = { ...request, url: `${root}/api/v1${request.path}`, isRepeatable: request.method !== 'POST' };
    return (await http.call({ ...call, headers: () => headers })).value;
  };
}

export interface BtcpayClient {
  /** Never repeated by itself: the server knows no idempotency key. */
  createInvoice(body: string, signal?: AbortSignal): Promise<Invoice>;
  fetchInvoice(id: string, signal?: AbortSignal): Promise<Invoice>;
  /** Empty where the server does not have them. */
  fetchPaymentMethods(id: string, signal?: AbortSignal): Promise<(PaymentMethod | UnreadEntry)[]>;
  /** Oldest last; archived ones too. */
  listInvoices(query: InvoiceQuery, signal?: AbortSignal): Promise<(Invoice | UnreadEntry)[]>;
  /** Never repeated by itself: between two attempts the buyer may have paid. */
  markInvalid(id: string, signal?: AbortSignal): Promise<void>;
}

interface InvoiceQuery {
  orderId?: string;
  created?: { from: Milliseconds; to: Milliseconds };
  skip: number;
  take: number;
}

/** BTCPay Server: Invoices. */
export function createBtcpayClient(call: BtcpayCall, { storeId }: BtcpayAccount): BtcpayClient {
  const root = `/stores/${encodeURIComponent(storeId)}/invoices`;
  const pathOf = (id: string, rest = ''): string => `${root}/${encodeURIComponent(id)}${rest}`;

  return {
    createInvoice: (body, signal) =>
      call({ operation: 'create_payment', method: 'POST', path: root, body, schema: invoiceSchema, signal }),
    fetchInvoice: (id, signal) =>
      call({
        operation: 'fetch_payment',
        method: 'GET',
        path: pathOf(id),
        schema: invoiceSchema,
        findPaymentId,
        signal,
      }),
    async fetchPaymentMethods(id, signal) {
      const request = {
        operation: 'fetch_payment_methods',
        method: 'GET',
        path: pathOf(id, '/payment-methods'),
      } as const;
      try {
        return await call({ ...request, schema: paymentMethodsSchema, signal });
      } catch (error) {
        if (error instanceof ProviderRejected && error.httpStatus === 404) return [];
        throw error;
      }
    },
    listInvoices: (query, signal) =>
      call({
        operation: 'list_payments',
        method: 'GET',
        path: `${root}?${write(query)}`,
        schema: invoiceListSchema,
        signal,
      }),
    async markInvalid(id, signal) {
      const body = JSON.stringify({ status: 'Invalid' });
      const request = { operation: 'cancel_payment', method: 'POST', path: pathOf(id, '/status'), body } as const;
      await call({ ...request, schema: z.unknown(), signal });
    },
  };
}

function write({ orderId, created, skip, take }: InvoiceQuery): URLSearchParams {
  const parameters = new URLSearchParams({ skip: String(skip), take: String(take), includeArchived: 'true' });
  if (orderId !== undefined) parameters.append('orderId', orderId);
  if (created !== undefined) {
    parameters.set('startDate', String(Math.floor(created.from / second)));
    parameters.set('endDate', String(Math.ceil(created.to / second)));
  }
  return parameters;
}

const errorSchema = z.union([
  z.object({ code: z.string(), message: z.string().nullish() }),
  z.array(z.object({ path: z.string().nullish(), message: z.string() })).min(1),
]);

/** BTCPay Server: errors are `{code, message}`, or a list of `{path, message}` for status 422. */
export function findBtcpayError(body: JsonValue, status: number) {
  const parsed = status < 400 ? undefined : errorSchema.safeParse(body);
  if (!parsed?.success) return undefined;
  if (!Array.isArray(parsed.data)) {
    return { code: parsed.data.code, message: parsed.data.message ?? parsed.data.code };
  }
  const message = parsed.data
    .map((fault) => (fault.path ? `${fault.path}: ${fault.message}` : fault.message))
    .join('; ');
  return { code: null, message };
}
