// Several buyers to whom the same happens at one provider within a minute, as when a wallet adds its fee: their alerts share a card.
import { minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { placeOrder } from './buyer.ts';
import { findCheckout, visit } from './checkout.ts';

type Mishap = readonly [provider: ProviderName, actions: readonly VisitAction[]];

const mishaps: readonly [Mishap, ...Mishap[]] = [
  ['btcpay', ['overpay']],
  ['btcpay', ['underpay', 'expire']],
  ['bitpay', ['overpay']],
  ['nowpayments', ['overpay']],
];

export const crowd: StepKind = {
  share: 0.08,
  perDay: 6,
  async act(world, chance) {
    const mishap = chance.pick(mishaps);
    const buyers = Array.from({ length: chance.between(4, 7) }, (_, index) => chance.stream(`buyer ${index}`));
    await Promise.all(buyers.map((one) => buy(world, one, mishap)));
  },
};

async function buy(world: World, chance: Stream, [provider, actions]: Mishap): Promise<void> {
  await world.wait(chance.int(20) * second);
  const order = await placeOrder(world, chance, [[provider, 1]]);
  const url = order?.payment?.checkout_url ?? null;
  const checkout = url === null ? undefined : findCheckout(world, { provider, url });
  if (checkout === undefined) return;
  await world.wait(minute + chance.int(30) * second);
  for (const action of actions) await visit(world, chance, { provider, reference: checkout.reference, action });
}
