import { z } from 'zod';
import { type Clock, type Milliseconds, minute } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import type { HttpCall, ProviderHttp } from '../http/client.ts';
import type { UnreadEntry } from '../kit/list-entries.ts';
import {
  findPaymentId,
  invoiceSchema,
  type NowInvoice,
  type NowPayment,
  paymentListSchema,
  paymentSchema,
} from './payment.ts';

/** Of a dashboard's login a token lives five minutes; one minute is kept for the way. */
const tokenKeptMs: Milliseconds = 4 * minute;
/** One invoice with more payments than this is read in part; the newest are read. */
const paymentsMax = 500;

export interface DashboardLogin {
  email: string;
  password: string;
}

export interface NowpaymentsClient {
  /** Every call makes another invoice, so it is not repeated; an invoice whose address nobody knows is never paid. */
  createInvoice(body: string, signal?: AbortSignal): Promise<NowInvoice>;
  fetchPayment(id: string, signal?: AbortSignal): Promise<NowPayment>;
  /** Every payment of an invoice, newest first; undefined without a login, which that call needs. */
  listPaymentsOf(invoiceId: string, signal?: AbortSignal): Promise<(NowPayment | UnreadEntry)[] | undefined>;
  /** The cheapest call that the key opens. */
  probeKey(signal?: AbortSignal): Promise<void>;
  /** Signs in; false without a login. */
  probeLogin(signal?: AbortSignal): Promise<boolean>;
}

/** NOWPayments: Base and auth, Calls. */
export function createNowpaymentsClient(
  deps: { http: ProviderHttp; clock: Clock },
  options: { apiUrl: string; apiKey: string; login: DashboardLogin | null },
): NowpaymentsClient {
  const { apiUrl, apiKey, login } = options;
  let token: { text: string; until: Milliseconds } | undefined;
  const keyed = { 'x-api-key': apiKey, 'Content-Type': 'application/json' };

  async function get<T>(request: {
    operation: string;
    path: string;
    schema: z.ZodType<T>;
    findPaymentId?: HttpCall<T>['findPaymentId'];
    bearer?: string;
    signal?: AbortSignal | undefined;
  }): Promise<T> {
    const { bearer, path, ...rest } = request;
    const headers = { ...keyed, ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }) };
    const call = {
      ...rest,
      method: 'GET',
      url: `${apiUrl}${path}`,
      headers: () => headers,
      isRepeatable: true,
    } as const;
    return (await deps.http.call(call)).value;
  }

  async function signIn(account: DashboardLogin, signal: AbortSignal | undefined): Promise<string> {
    if (token !== undefined && deps.clock.elapsed() < token.until) return token.text;
    const { value } = await deps.http.call({
      operation: 'sign_in',
      method: 'POST',
      url: `${apiUrl}/auth`,
      isRepeatable: true,
      headers: () => ({ 'Content-Type': 'application/json' }),
      body: JSON.stringify(account),
      schema: z.object({ token: z.string().min(1).max(4_096) }),
      signal,
    });
    token = { text: value.token, until: deps.clock.elapsed() + tokenKeptMs };
    return value.token;
  }

  return {
    async createInvoice(body, signal) {
      const request = { operation: 'create_payment', method: 'POST', url: `${apiUrl}/invoice`, body } as const;
      const call = { ...request, headers: () => keyed, isRepeatable: false, schema: invoiceSchema, signal };
      return (await deps.http.call(call)).value;
    },
    fetchPayment(id, signal) {
      const path = `/payment/${encodeURIComponent(id)}`;
      return get({ operation: 'fetch_payment', path, schema: paymentSchema, findPaymentId, signal });
    },
    async listPaymentsOf(invoiceId, signal) {
      if (login === null) return undefined;
      const query = new URLSearchParams({ limit: String(paymentsMax), page: '0', invoiceId });
      // The field goes into `sortBy` and the direction into `orderBy`; the other way round is answered 500.
      query.set('sortBy', 'created_at');
      query.set('orderBy', 'desc');
      const bearer = await signIn(login, signal);
      const path = `/payment/?${query}`;
      return (await get({ operation: 'find_payment', path, bearer, schema: paymentListSchema, signal })).data;
    },
    async probeKey(signal) {
      await get({ operation: 'probe', path: '/merchant/coins', schema: z.unknown(), signal });
    },
    async probeLogin(signal) {
      if (login !== null) await signIn(login, signal);
      return login !== null;
    },
  };
}

const errorSchema = z.object({
  code: z.string().max(128).nullish(),
  message: z.string().nullish(),
  status: z.literal(false).optional(),
});

/** NOWPayments: Errors. `{status: false, statusCode, code, message}`. */
export function findNowpaymentsError(body: JsonValue, status: number) {
  if (status < 400) return undefined;
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success || (!parsed.data.code && !parsed.data.message)) return undefined;
  const { code, message } = parsed.data;
  return { code: code ?? null, message: message ?? code ?? `HTTP ${status}` };
}
