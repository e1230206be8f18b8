import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type FaultSettings, type VisitAction, VisitRefused } from '../providers/contract.ts';
import { products } from '../shop/catalogue.ts';
import { type PayWith, type TillOrder, TillRefused } from '../shop/till-client.ts';
import type { DemoWorld } from './demo-world.ts';

// The actions of a story: customers order, visitors pay, providers fail, and time passes.

export interface OrderInHand {
  readonly id: string;
  readonly number: string;
  readonly provider: ProviderName;
  /** The provider's own id of the checkout. */
  readonly reference: string;
}

export interface Scene {
  /** Undefined when no checkout could be made. */
  order(payWith: PayWith): Promise<OrderInHand | undefined>;
  visit(order: OrderInHand, action: VisitAction): Promise<void>;
  /** Like `visit`, and nothing where the checkout does not know it in its present state. */
  visitIfPossible(order: OrderInHand, action: VisitAction): Promise<void>;
  /** Like `visit`, under faults that are cleared before anything else happens. */
  visitUnder(faults: Partial<FaultSettings>, visit: { order: OrderInHand; action: VisitAction }): Promise<void>;
  pause(seconds: { from: number; to: number }): Promise<void>;
  readonly world: DemoWorld;
}

/** Does nothing for so many milliseconds; rejects when the demo ends. */
export type Pass = (ms: number) => Promise<void>;

const customers = [
  { email: 'kim@customer.example', name: 'Kim Okafor' },
  { email: 'jonas.weber@customer.example', name: 'Jonas Weber' },
  { email: 'lucia.marin@customer.example', name: 'Lucía Marín' },
  { email: 'tuan.nguyen@customer.example', name: 'Tuấn Nguyễn' },
  { email: 'amara.bello@customer.example', name: 'Amara Bello' },
  { email: 'sven@customer.example', name: 'Sven Åkesson' },
  { email: 'priya.rao@customer.example', name: 'Priya Rao' },
  { email: 'olena.koval@customer.example', name: 'Olena Koval' },
] as const;

export function createScene(world: DemoWorld, pass: Pass): Scene {
  let count = 0;
  const { shop, providers } = world;

  async function order(payWith: PayWith): Promise<OrderInHand | undefined> {
    const customer = customers[count % customers.length] ?? customers[0];
    // Steps of different length keep the same customer from always buying the same item.
    const product = products[(count * 2 + Math.floor(count / customers.length)) % products.length] ?? products[0];
    count += 1;
    try {
      const placed = await shop.buy({ sku: product.sku, quantity: count % 5 === 0 ? 2 : 1, ...customer, payWith });
      return toOrderInHand(await shop.till.getOrder(placed.id));
    } catch (error) {
      if (error instanceof TillRefused) return undefined;
      throw error;
    }
  }

  return {
    world,
    order,
    visit: ({ provider, reference }, action) => providers.visit({ provider, reference, action }),
    async visitIfPossible({ provider, reference }, action) {
      try {
        await providers.visit({ provider, reference, action });
      } catch (error) {
        if (!(error instanceof VisitRefused)) throw error;
      }
    },
    async visitUnder(faults, { order: { provider, reference }, action }) {
      const controls = providers.faults(provider);
      const before = controls.get();
      controls.set(faults);
      try {
        await providers.visit({ provider, reference, action });
      } finally {
        controls.set(before);
      }
    },
    pause: ({ from, to }) => pass((from + Math.random() * (to - from)) * 1000),
  };
}

function toOrderInHand({ id, number, payment }: TillOrder): OrderInHand | undefined {
  const reference = payment?.provider_reference;
  if (payment === null || reference === null || reference === undefined) return undefined;
  return { id, number, provider: payment.provider as ProviderName, reference };
}

/** Polls the store API until the order is as wanted; throws with what it was instead. */
export async function awaitOrder(
  world: DemoWorld,
  wanted: { id: string; is: (order: TillOrder) => boolean; timeoutMs: number },
): Promise<TillOrder> {
  const deadline = performance.now() + wanted.timeoutMs;
  for (;;) {
    const order = await world.shop.till.getOrder(wanted.id);
    if (wanted.is(order)) return order;
    if (performance.now() > deadline) {
      throw new Error(`${order.number} is still ${order.status}, its payment ${order.payment?.status ?? 'none'}`);
    }
    await delay(25);
  }
}
