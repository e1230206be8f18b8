import type { ZodType } from 'zod';
import { z } from 'zod';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { HttpCall, ProviderHttp } from '../http/client.ts';
import type { WebhookAttempt } from '../kit/webhook-check.ts';
import { type Checkout, checkoutPageSchema, checkoutSchema } from './checkout.ts';
import { type CoinbaseKey, signCoinbaseJwt } from './jwt.ts';
import { type Refund, refundAnswerSchema, refundListSchema } from './refund.ts';
import { attemptsSchema, type Subscription, type SubscriptionSource, subscriptionsSchema } from './subscriptions.ts';

const pageSize = 100;

export interface CoinbaseClient {
  createCheckout(input: {
    idempotencyKey: string;
    body: string;
    signal?: AbortSignal | undefined;
  }): Promise<{ checkout: Checkout; attempts: number }>;
  fetchCheckout(id: string, signal?: AbortSignal): Promise<Checkout>;
  /** One page of the checkouts created from `from` on, and before `to` if there is one. */
  listPage(
    query: { from: Milliseconds; to?: Milliseconds; pageToken?: string | undefined; pageSize?: number },
    signal?: AbortSignal,
  ): Promise<{ checkouts: Checkout[]; nextPageToken?: string | null | undefined }>;
  deactivateCheckout(id: string, signal?: AbortSignal): Promise<Checkout>;
  /** Never repeated by itself after a lost answer: whether keys hold for refunds is not documented. */
  refundCheckout(input: {
    id: string;
    idempotencyKey: string;
    body: string;
    signal?: AbortSignal | undefined;
  }): Promise<Refund>;
  fetchRefunds(id: string, signal?: AbortSignal): Promise<Refund[]>;
  /** Undefined where the subscriptions of this address are not known. */
  readonly subscriptions: CoinbaseSubscriptions | undefined;
}

interface CoinbaseSubscriptions {
  readonly network: SubscriptionSource['network'];
  list(signal?: AbortSignal): Promise<Subscription[]>;
  /** The newest deliveries of one subscription. */
  listAttempts(subscriptionId: string, signal?: AbortSignal): Promise<WebhookAttempt[]>;
}

/** Coinbase: Checkouts, Endpoints. */
export function createCoinbaseClient(
  deps: { http: ProviderHttp; clock: Clock; random: Random },
  options: { apiUrl: string; key: CoinbaseKey; subscriptions?: SubscriptionSource | undefined },
): CoinbaseClient {
  type Request<T> = Pick<HttpCall<T>, 'operation' | 'method' | 'body' | 'signal'> & {
    path: string;
    /** What the path is below, where that is not the address of the API. */
    root?: string;
    schema: ZodType<T>;
    headers?: Readonly<Record<string, string>>;
    isRepeatable?: boolean;
  };

  // All but a refund may be repeated: reads, a create with its key, and a deactivation, which has one effect.
  async function call<T>({ isRepeatable = true, ...request }: Request<T>) {
    const url = `${request.root ?? options.apiUrl}${request.path}`;
    const authorize = () => {
      const now = deps.clock.now();
      const token = signCoinbaseJwt(options.key, { method: request.method, url, now, random: deps.random });
      return { ...request.headers, Authorization: `Bearer ${token}` };
    };
    const send = () => deps.http.call({ ...request, url, headers: authorize, isRepeatable });
    try {
      return await send();
    } catch (error) {
      // A 401 now and then with a good token is a known trouble of the service; one fresh token is worth a try, and what
      // was answered so was not carried out.
      if (error instanceof ProviderRejected && error.httpStatus === 401) return await send();
      throw error;
    }
  }

  function subscriptionsAt({ url: root, network }: SubscriptionSource): CoinbaseSubscriptions {
    return {
      network,
      async list(signal) {
        const path = `?pageSize=${pageSize}`;
        const request = { operation: 'list_subscriptions', method: 'GET', root, path, signal } as const;
        return (await call({ ...request, schema: subscriptionsSchema })).value.subscriptions;
      },
      async listAttempts(subscriptionId, signal) {
        const path = `/${encodeURIComponent(subscriptionId)}/events`;
        const request = { operation: 'list_deliveries', method: 'GET', root, path, signal } as const;
        return (await call({ ...request, schema: attemptsSchema })).value;
      },
    };
  }

  return {
    subscriptions: options.subscriptions && subscriptionsAt(options.subscriptions),
    async createCheckout({ idempotencyKey, body, signal }) {
      const headers = { 'Content-Type': 'application/json', 'X-Idempotency-Key': idempotencyKey };
      const request = {
        operation: 'create_payment',
        method: 'POST',
        path: '/checkouts',
        body,
        headers,
        signal,
      } as const;
      const { value, attempts } = await call({ ...request, schema: checkoutSchema });
      return { checkout: value, attempts };
    },
    async fetchCheckout(id, signal) {
      const path = `/checkouts/${encodeURIComponent(id)}`;
      return (await call({ operation: 'fetch_payment', method: 'GET', path, schema: checkoutSchema, signal })).value;
    },
    async listPage(query, signal) {
      const parameters = new URLSearchParams({ pageSize: String(query.pageSize ?? pageSize) });
      parameters.set('startTime', new Date(query.from).toISOString());
      if (query.to !== undefined) parameters.set('endTime', new Date(query.to).toISOString());
      if (query.pageToken !== undefined) parameters.set('pageToken', query.pageToken);
      const path = `/checkouts?${parameters}`;
      return (await call({ operation: 'list_payments', method: 'GET', path, schema: checkoutPageSchema, signal }))
        .value;
    },
    async deactivateCheckout(id, signal) {
      const path = `/checkouts/${encodeURIComponent(id)}/deactivate`;
      return (await call({ operation: 'cancel_payment', method: 'POST', path, schema: checkoutSchema, signal })).value;
    },
    async refundCheckout({ id, idempotencyKey, body, signal }) {
      const path = `/checkouts/${encodeURIComponent(id)}/refund`;
      const headers = { 'Content-Type': 'application/json', 'X-Idempotency-Key': idempotencyKey };
      const request = { operation: 'request_refund', method: 'POST', path, body, headers, signal } as const;
      return (await call({ ...request, schema: refundAnswerSchema, isRepeatable: false })).value.refund;
    },
    async fetchRefunds(id, signal) {
      const path = `/checkouts/${encodeURIComponent(id)}`;
      const request = { operation: 'find_refunds', method: 'GET', path, signal } as const;
      return (await call({ ...request, schema: refundListSchema })).value.refunds ?? [];
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
