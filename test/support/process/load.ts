// Customers who order and pay while the product dies and comes back: each request is repeated, with its key, until it is
// answered, as a shop's site does.
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { ProviderCase } from '#test/contract/providers/provider-case.ts';
import { cases } from '#test/contract/providers/registry.ts';
import type { PlacedOrder, ShopClient } from '../app-fixture/shop-client.ts';
import type { World } from '../app-fixture/world.ts';

export interface Purchase extends PlacedOrder {
  reference: string;
  /** What becomes of its payment. */
  ends: ProviderCase['customers'][number]['ends'];
}

export interface Load {
  readonly purchases: readonly Purchase[];
  /** Takes no new customers; resolves when those who are there have their answer. */
  stop(): Promise<void>;
}

/** Orders that come at once, and the longest pause until the next ones. */
const burst = 3;
const pauseMaxMs = 900;
const repeatAfterMs = 40;

export function startLoad(
  world: Pick<World, 'sandbox'>,
  deps: { client: ShopClient; random: Random; providers: readonly ProviderName[]; ordersMax: number },
): Load {
  const { random } = deps;
  const purchases: Purchase[] = [];
  let isStopping = false;

  async function placeUntilAnswered(draft: { provider: ProviderName; key: string }): Promise<PlacedOrder> {
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

  async function purchase(provider: ProviderName, key: string): Promise<void> {
    const order = await placeUntilAnswered({ provider, key });
    const record = world.sandbox.records(provider).find(({ checkoutUrl }) => checkoutUrl === order.checkoutUrl);
    if (record === undefined) throw new Error(`${provider} has no checkout ${order.checkoutUrl}`);
    const { reference } = record;
    const { customers } = cases[provider];
    const customer = customers[Math.floor(random.next() * customers.length)];
    if (customer === undefined) throw new Error(`${provider} has no customers`);
    for (const action of customer.does) await world.sandbox.visit({ provider, reference, action });
    purchases.push({ ...order, reference, ends: customer.ends });
  }

  async function crowd(provider: ProviderName): Promise<void> {
    for (let count = 0; count < deps.ordersMax && !isStopping; count += burst) {
      const keys = Array.from({ length: burst }, (_, index) => `${provider}-${count + index}`);
      await Promise.all(keys.map((key) => purchase(provider, key)));
      await delay(random.next() * pauseMaxMs);
    }
  }

  const crowds = Promise.all(deps.providers.map(crowd));
  crowds.catch(() => undefined);
  return {
    purchases,
    async stop() {
      isStopping = true;
      await crowds;
    },
  };
}
