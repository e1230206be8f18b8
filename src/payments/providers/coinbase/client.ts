import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { HttpCall } from '../http/client.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { type Checkout, checkoutPageSchema, checkoutSchema, findPaymentId } from './checkout.ts';
import { type CoinbaseKey, signCoinbaseJwt } from './jwt.ts';

const defaultPageSize = 100;

export interface CoinbaseRequest<T>
  extends Pick<HttpCall<T>, 'operation' | 'method' | 'body' | 'schema' | 'findPaymentId' | 'signal'> {
  path: string;
  /** What the path is below, where that is not the address of the API. */
  root?: string;
  idempotencyKey?: string;
  /** All but a refund may be repeated: reads, a create with its key, and a deactivation, which has one effect. */
  isRepeatable?: boolean;
}

export interface CoinbaseClient {
  call<T>(request: CoinbaseRequest<T>): Promise<{ value: T; attempts: number }>;
  createCheckout(input: {
    idempotencyKey: string;
    body: string;
    signal?: AbortSignal | undefined;
  }): Promise<{ checkout: Checkout; attempts: number }>;
  fetchCheckout(id: string, signal?: AbortSignal): Promise<Checkout>;
  /** One page of the checkouts created from `from` on, and before `to` if there is one. */
  listPage(
    query: {
      from: Milliseconds;
      to?: Milliseconds;
      pageToken?: string | undefined;
      pageSize?: number;
      statuses?: readonly Checkout['status'][];
    },
    signal?: AbortSignal,
  ): Promise<z.infer<typeof checkoutPageSchema>>;
  deactivateCheckout(id: string, signal?: AbortSignal): Promise<Checkout>;
}

/** Coinbase: Checkouts, Endpoints. */
export function createCoinbaseClient(
  { http, clock, random }: Pick<ProviderTools, 'http' | 'clock' | 'random'>,
  options: { apiUrl: string; key: CoinbaseKey },
): CoinbaseClient {
  async function call<T>({ isRepeatable = true, idempotencyKey, ...request }: CoinbaseRequest<T>) {
    const url = `${request.root ?? options.apiUrl}${request.path}`;
    const headers = () => {
      const token = signCoinbaseJwt(options.key, { method: request.method, url, now: clock.now(), random });
      const authorization = { Authorization: `Bearer ${token}` };
      if (idempotencyKey === undefined) return authorization;
      return { ...authorization, 'Content-Type': 'application/json', 'X-Idempotency-Key': idempotencyKey };
    };
    const send = () => http.call({ ...request, url, headers, isRepeatable });
    try {
      return await send();
    } catch (error) {
      // A 401 now and then with a good token is a known fault of the service; one fresh token is worth a try, and what
      // was answered so was not carried out.
      if (error instanceof ProviderRejected && error.httpStatus === 401) return await send();
      throw error;
    }
  }

  return {
    call,
    async createCheckout(input) {
      const request = { operation: 'create_payment', method: 'POST', path: '/checkouts' } as const;
      const { value, attempts } = await call({ ...request, ...input, schema: checkoutSchema });
      return { checkout: value, attempts };
    },
    async fetchCheckout(id, signal) {
      const path = `/checkouts/${encodeURIComponent(id)}`;
      const request = { operation: 'fetch_payment', method: 'GET', path, signal } as const;
      return (await call({ ...request, schema: checkoutSchema, findPaymentId })).value;
    },
    async listPage({ from, to, pageToken, pageSize = defaultPageSize, statuses = [] }, signal) {
      const parameters = new URLSearchParams({ pageSize: String(pageSize) });
      parameters.set('startTime', new Date(from).toISOString());
      if (to !== undefined) parameters.set('endTime', new Date(to).toISOString());
      if (pageToken !== undefined) parameters.set('pageToken', pageToken);
      for (const status of statuses) parameters.append('status', status);
      const path = `/checkouts?${parameters}`;
      const request = { operation: 'list_payments', method: 'GET', path, signal } as const;
      return (await call({ ...request, schema: checkoutPageSchema })).value;
    },
    async deactivateCheckout(id, signal) {
      const path = `/checkouts/${encodeURIComponent(id)}/deactivate`;
      return (await call({ operation: 'cancel_payment', method: 'POST', path, schema: checkoutSchema, signal })).value;
    },
  };
}

const errorSchema = z.object({ errorType: z.string(), errorMessage: z.string().nullish() });

/** Coinbase: Errors. `errorType` is the code. */
export function findCoinbaseError(body: JsonValue, status: number) {
  if (status < 400) return undefined;
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return undefined;
  return { code: parsed.data.errorType, message: parsed.data.errorMessage ?? parsed.data.errorType };
}
