// Customers who order and pay while the product dies and comes back: each request is repeated, with its key, until it is
// answered, as a shop's site does.
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '#kernel/ids.ts';
import type { CheckoutProvider, VisitAction } from '#sandbox/providers/contract.ts';
import type { PlacedOrder, ShopClient } from './house-client.ts';
import type { World } from './house-world.ts';

export interface Purchase extends PlacedOrder {
  reference: string;
  did: readonly VisitAction[];
}

export interface Load {
  readonly purchases: readonly Purchase[];
  /** Takes no new customers; resolves when those who are there have their answer. */
  stop(): Promise<void>;
}

const behaviours: Record<CheckoutProvider, readonly (readonly VisitAction[])[]> = {
  coinbase: [['pay'], ['pay'], ['pay_unconfirmed', 'confirm'], ['fail']],
  bitpay: [['pay'], ['pay'], ['overpay'], ['underpay', 'expire']],
  btcpay: [['pay'], ['pay'], ['overpay'], ['underpay', 'expire']],
};

/** Orders that come at once, and the longest pause until the next ones. */
const burst = 3;
const pauseMaxMs = 900;
const repeatAfterMs = 40;

export function startLoad(
  world: Pick<World, 'sandbox'>,
  deps: { client: ShopClient; random: Random; ordersMax: number },
): Load {
  const { random } = deps;
  const purchases: Purchase[] = [];
  let isStopping = false;

  async function placeUntilAnswered(draft: { provider: CheckoutProvider; key: string }): Promise<PlacedOrder> {
    for (;;) {
      try {
        const { status, text, json } = await deps.client.tryOrder(draft);
        const { id, number, payment } = json;
        if (status === 201 && id && number && payment) {
          return { id, number, provider: draft.provider, checkoutUrl: payment.checkout_url };
        }
        if (status < 500 && status !== 409) throw new Error(`order refused: ${status} ${text}`);
      } catch (error) {
        // The connection was refused or cut: nobody is there right now.
        if (!(error instanceof TypeError)) throw error;
      }
      await delay(repeatAfterMs);
    }
  }

  async function purchase(provider: CheckoutProvider, key: string): Promise<void> {
    const order = await placeUntilAnswered({ provider, key });
    const record = world.sandbox.records(provider).find(({ checkoutUrl }) => checkoutUrl === order.checkoutUrl);
    if (record === undefined) throw new Error(`${provider} has no checkout ${order.checkoutUrl}`);
    const { reference } = record;
    const options = behaviours[provider];
    const did = options[Math.floor(random.next() * options.length)] ?? ['pay'];
    for (const action of did) await world.sandbox.visit({ provider, reference, action });
    purchases.push({ ...order, reference, did });
  }

  async function crowd(provider: CheckoutProvider): Promise<void> {
    for (let count = 0; count < deps.ordersMax && !isStopping; count += burst) {
      const keys = Array.from({ length: burst }, (_, index) => `${provider}-${count + index}`);
      await Promise.all(keys.map((key) => purchase(provider, key)));
      await delay(random.next() * pauseMaxMs);
    }
  }

  const crowds = Promise.all((['coinbase', 'bitpay', 'btcpay'] as const).map(crowd));
  crowds.catch(() => undefined);
  return {
    purchases,
    async stop() {
      isStopping = true;
      await crowds;
    },
  };
}
