// The shop's side of the store API, written from its description and sharing nothing with the product but the providers'
// names.
import type { ProviderName } from '#kernel/provider-name.ts';
import { collectors } from '../providers/registry.ts';

export type PayWith = 'auto' | ProviderName;
export const payWith: readonly PayWith[] = ['auto', ...collectors()];

export interface NewOrder {
  /** The shop's own key: the same key never makes two orders. */
  readonly key: string;
  readonly reference: string;
  readonly items: readonly { sku: string; name: string; quantity: number; unitAmount: string }[];
  readonly currency: string;
  readonly customer: { readonly email: string; readonly name?: string | undefined };
  readonly payWith: PayWith;
  readonly redirectUrl: string;
}

/** What the shop reads of an order; the rest of the answer is left alone. */
export interface TillOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly payment: TillPayment | null;
}

export interface TillPayment {
  readonly provider: string;
  readonly status: string;
  readonly checkout_url: string | null;
  /** In the answer to GET only. */
  readonly provider_reference?: string | null;
}

/** The store API refused or failed; `message` is its own sentence. */
export class TillRefused extends Error {
  override readonly name = 'TillRefused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface TillClient {
  /** Throws `TillRefused`, or what `fetch` throws when the till does not answer. */
  placeOrder(order: NewOrder): Promise<TillOrder>;
  getOrder(id: string): Promise<TillOrder>;
  /** How many orders wait for their money, counted up to `limit`. */
  countAwaiting(limit: number): Promise<number>;
}

const timeoutMs = 60_000;

export function createTillClient(options: { url: string; apiKey: string }): TillClient {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`${options.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${options.apiKey}`, 'content-type': 'application/json', ...init.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = await answer.json();
    if (answer.ok) return body;
    const { title, detail } = body as { title?: string; detail?: string };
    throw new TillRefused(answer.status, detail ?? title ?? `the till answered ${answer.status}`);
  };
  return {
    async placeOrder(order) {
      const body = {
        reference: order.reference,
        items: order.items.map(({ unitAmount, ...item }) => ({ ...item, unit_amount: unitAmount })),
        currency: order.currency,
        customer: order.customer,
        provider: order.payWith,
        redirect_url: order.redirectUrl,
      };
      const headers = { 'idempotency-key': order.key };
      return (await call('/v1/orders', { method: 'POST', headers, body: JSON.stringify(body) })) as TillOrder;
    },
    getOrder: async (id) => (await call(`/v1/orders/${id}`)) as TillOrder,
    async countAwaiting(limit) {
      const page = (await call(`/v1/orders?status=awaiting_payment&limit=${limit}`)) as { data: unknown[] };
      return page.data.length;
    },
  };
}
