// A buyer: the shop's site places an order, and the buyer pays it in one of the ways in which people pay. Some come back later
// and pay by whatever link the order has by then.
import { minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { findCheckout, visit } from './checkout.ts';
import { drawHabit } from './habits.ts';

const amounts = ['0.10', '0.50', '1.00', '1.10', '9.99', '24.00', '49.00', '89.10', '250.00', '1999.95'] as const;
/** Without decimals and with three, too; which provider takes which is the product's knowledge. */
const currencies: readonly (readonly [string, number])[] = [
  ['USD', 10],
  ['EUR', 4],
  ['JPY', 1],
  ['KWD', 1],
];
export type ProviderChoice = readonly ['auto' | ProviderName, number];
const choices: readonly ProviderChoice[] = [
  ['auto', 2],
  ['coinbase', 2],
  ['bitpay', 3],
  // At these most can go wrong.
  ['btcpay', 5],
  ['nowpayments', 4],
];

export interface ShownPayment {
  provider: ProviderName;
  status: string;
  checkout_url: string | null;
}

export interface ShownOrder {
  id: string;
  number: string;
  payment: ShownPayment | null;
  payments?: ShownPayment[];
}

export const buyer: StepKind = {
  share: 1,
  perDay: 8,
  async act(world, chance) {
    const order = await placeOrder(world, chance, choices);
    if (order === undefined) return;
    const { payment } = order;
    if (payment !== null) await follow(world, chance, payment);
    if (chance.chance(0.3)) await comeBack(world, chance, order.id);
  },
};

export interface PlacedOrder extends ShownOrder {
  /** The shop's site makes the same request again. */
  repeat(): Promise<unknown>;
}

/** Over the shop's site, with one of these providers. */
export async function placeOrder(
  world: World,
  chance: Stream,
  providers: readonly ProviderChoice[],
): Promise<PlacedOrder | undefined> {
  const name = `${chance.int(2 ** 31)}`;
  const body = { ...draw(chance, name), provider: chance.pickWeighted(providers) };
  const request = { method: 'POST', path: '/v1/orders', key: `key-${name}`, body };
  // Somebody presses the button twice, and the shop's site has the same key for both.
  const isPressedTwice = chance.chance(0.15);
  const [answer] = await Promise.all([
    world.shop.call(request),
    ...(isPressedTwice ? [world.wait(chance.int(2_000)).then(() => world.shop.call(request))] : []),
  ]);
  if (chance.chance(0.1)) {
    await world.wait(chance.between(1, 90) * minute);
    await world.shop.call(request);
  }
  if (answer?.status !== 201) return undefined;
  return { ...(JSON.parse(answer.text) as ShownOrder), repeat: () => world.shop.call(request) };
}

function draw(chance: Stream, name: string): object {
  const currency = chance.pickWeighted(currencies);
  const drawn = chance.pick(amounts);
  const amount = currency === 'JPY' ? `${Math.round(Number(drawn) * 100)}` : drawn;
  return {
    items: [
      { name: 'License', quantity: chance.pickWeighted([[1, 8] as const, [3, 1] as const]), unit_amount: amount },
    ],
    currency,
    customer: { email: `buyer-${name}@example.org` },
  };
}

async function follow(world: World, chance: Stream, payment: ShownPayment): Promise<void> {
  const { provider, checkout_url: url } = payment;
  const checkout = url === null ? undefined : findCheckout(world, { provider, url });
  if (checkout === undefined) return;
  for (const [waitMs, action] of drawHabit(chance, provider)) {
    await world.wait(waitMs * (0.5 + chance.next()));
    await visit(world, chance, { provider, reference: checkout.reference, action });
  }
}

/** With the links of old mails open in other tabs: an order may be paid twice so. */
async function comeBack(world: World, chance: Stream, orderId: string): Promise<void> {
  await world.wait(chance.between(5, 150) * minute);
  for (const payment of await paymentsOf(world, orderId)) {
    if (chance.chance(0.7)) await follow(world, chance, payment);
  }
}

/** As the shop's site shows them; none when it does not answer. */
export async function paymentsOf(world: World, orderId: string): Promise<ShownPayment[]> {
  const answer = await world.shop.call({ method: 'GET', path: `/v1/orders/${orderId}` });
  if (answer?.status !== 200) return [];
  const { payments = [] } = JSON.parse(answer.text) as ShownOrder;
  return payments;
}
