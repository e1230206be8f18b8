// What the shop's site says to the app over HTTP.
import type { ProviderName } from '#kernel/provider-name.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { awaitFound, awaitUntil, type Waiting } from '../time/await-until.ts';

export interface OrderDraft {
  provider?: ProviderName | 'auto';
  amount?: string;
  currency?: string;
  email?: string;
  name?: string;
  metadata?: Record<string, string>;
  /** Sent as `Idempotency-Key` when given. */
  key?: string;
}

/** What answers may hold: a placed order, or a problem. Empty when the body was no JSON. */
export interface AnswerBody {
  id?: string;
  number?: string;
  status?: string | number;
  payment?: { id: string; provider: ProviderName; status: string; checkout_url: string };
  code?: string;
  detail?: string;
  order_id?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: AnswerBody;
}

export interface PlacedOrder {
  id: string;
  number: string;
  provider: ProviderName;
  checkoutUrl: string;
}

export interface ShopClient {
  /** Any request, with the shop's key. */
  send(path: string, init?: RequestInit): Promise<Answer>;
  /** `POST /v1/orders`, whatever comes of it. */
  tryOrder(draft?: OrderDraft): Promise<Answer>;
  /** An order that must be taken. */
  placeOrder(draft?: OrderDraft): Promise<PlacedOrder>;
  getOrder(id: string): Promise<OrderView>;
  /** The order as soon as it satisfies the predicate. */
  awaitOrder(id: string, isSo: (order: OrderView) => boolean): Promise<OrderView>;
  /** Resolves when nothing waits in the inbox or the outbox any more. */
  awaitQuiet(about?: Pick<Waiting, 'meanwhile' | 'timeoutMs'>): Promise<void>;
}

export function createShopClient(options: { url: string; key: string }): ShopClient {
  const { url, key } = options;

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${key}`, ...Object.fromEntries(new Headers(init.headers)) };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: readAnswer(text) };
  }

  function tryOrder(draft: OrderDraft = {}): Promise<Answer> {
    return send('/v1/orders', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(draft.key === undefined ? {} : { 'idempotency-key': draft.key }),
      },
      body: JSON.stringify(orderBody(draft)),
    });
  }

  async function getOrder(id: string): Promise<OrderView> {
    const answer = await send(`/v1/orders/${id}`);
    if (answer.status !== 200) throw new Error(`order ${id}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as OrderView;
  }

  return {
    send,
    tryOrder,
    getOrder,
    async placeOrder(draft) {
      const { status, text, json } = await tryOrder(draft);
      const { id, number, payment } = json;
      if (status !== 201 || !id || !number || !payment) throw new Error(`order refused: ${status} ${text}`);
      return { id, number, provider: payment.provider, checkoutUrl: payment.checkout_url };
    },
    async awaitQuiet(about) {
      let text = '';
      const isQuiet = async (): Promise<boolean> => {
        text = (await send('/readyz')).text;
        const { checks } = JSON.parse(text) as { checks: { name: string; detail: string }[] };
        const queues = checks.filter(({ name }) => name === 'inbox' || name === 'outbox');
        return queues.length === 2 && queues.every(({ detail }) => detail.startsWith('0 waiting'));
      };
      await awaitUntil(isQuiet, { what: 'empty queues', instead: () => text, ...about });
    },
    async awaitOrder(id, isSo) {
      let last: OrderView | undefined;
      return awaitFound(
        async () => {
          last = await getOrder(id);
          return isSo(last) ? last : undefined;
        },
        {
          what: `order ${id}`,
          instead: () => ({
            status: last?.status,
            payments: last?.payments.map((payment) => `${payment.provider} ${payment.status}`),
          }),
        },
      );
    },
  };
}

export function orderBody(draft: OrderDraft = {}): Record<string, unknown> {
  return {
    items: [{ name: 'License', quantity: 1, unit_amount: draft.amount ?? '49.00' }],
    currency: draft.currency ?? 'USD',
    provider: draft.provider ?? 'btcpay',
    customer: { email: draft.email ?? 'buyer@example.org', ...(draft.name === undefined ? {} : { name: draft.name }) },
    ...(draft.metadata === undefined ? {} : { metadata: draft.metadata }),
  };
}

/** A test that reads what is not there fails by it. */
export function readAnswer(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return {};
  }
}
