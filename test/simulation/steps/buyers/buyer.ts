// A buyer: the shop's site places an order, and the buyer pays it in one of the ways in which people pay. Some come back later
// and pay by whatever link the order has by then.
import { minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { findCheckout, visit } from './checkout.ts';
import { drawHabit } from './habits.ts';

const amounts = ['0.50', '1.00', '9.99', '24.00', '49.00', '89.10', '250.00', '1999.95'] as const;
/** Without decimals and with three, too; which provider takes which is the product's knowledge. */
const currencies: readonly (readonly [string, number])[] = [
  ['USD', 10],
  ['EUR', 4],
  ['JPY', 1],
  ['KWD', 1],
];
const choices: readonly (readonly ['auto' | ProviderName, number])[] = [
  ['auto', 3],
  ['coinbase', 3],
  ['bitpay', 3],
  ['btcpay', 3],
  ['nowpayments', 3],
];

interface ShownPayment {
  provider: ProviderName;
  status: string;
  checkout_url: string | null;
}

interface ShownOrder {
  id: string;
  payment: ShownPayment | null;
  payments?: ShownPayment[];
}

export const buyer: StepKind = {
  share: 1,
  perDay: 10,
  async act(world, chance) {
    const order = await place(world, chance);
    if (order === undefined) return;
    const { payment } = order;
    if (payment !== null) await follow(world, chance, payment);
    if (chance.chance(0.3)) await comeBack(world, chance, order.id);
  },
};

async function place(world: World, chance: Stream): Promise<ShownOrder | undefined> {
  const name = `${chance.int(2 ** 31)}`;
  const request = { method: 'POST', path: '/v1/orders', key: `key-${name}`, body: draw(chance, name) };
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
  return answer?.status === 201 ? (JSON.parse(answer.text) as ShownOrder) : undefined;
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
    provider: chance.pickWeighted(choices),
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
  const answer = await world.shop.call({ method: 'GET', path: `/v1/orders/${orderId}` });
  if (answer?.status !== 200) return;
  const { payments = [] } = JSON.parse(answer.text) as ShownOrder;
  for (const payment of payments) {
    if (chance.chance(0.7)) await follow(world, chance, payment);
  }
}
