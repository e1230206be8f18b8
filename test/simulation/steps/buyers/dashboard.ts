// The shop's staff at the providers' own pages: payments that the product knows nothing of, and refunds made by hand.
import { minute } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { visit } from './checkout.ts';

export const foreignPayment: StepKind = {
  share: 0.4,
  perDay: 1,
  async act(world, chance) {
    const provider = chance.pick(providerNames);
    world.stir();
    const record = world.providers.createForeign(provider, { amount: '12.50', description: 'At the counter' });
    world.journal.note('staff', `a payment of their own at ${provider}: ${record.reference}`);
    await world.wait(chance.between(1, 30) * minute);
    const action = chance.pickWeighted([
      ['pay', 5],
      ['pay_unconfirmed', 2],
      ['walk_away', 2],
    ] as const);
    await visit(world, chance, { provider, reference: record.reference, action });
  },
};

export const refundByHand: StepKind = {
  share: 0.4,
  perDay: 2,
  async act(world, chance) {
    const provider = chance.pick(providerNames);
    const reference = pickPaid(world, chance, provider);
    if (reference === undefined) return;
    await visit(world, chance, { provider, reference, action: chance.pick(['refund_part', 'refund_full'] as const) });
    await settleRefunds(world, chance, { provider, reference });
  },
};

function pickPaid(world: World, chance: Stream, provider: ProviderName): string | undefined {
  const paid = world.providers.records(provider).filter((record) => Number(record.paid) > 0 && !record.isForeign);
  return paid[chance.int(paid.length)]?.reference;
}

/** Where the buyer has a part in a refund, some take it and some do not. */
export async function settleRefunds(
  world: World,
  chance: Stream,
  at: { provider: ProviderName; reference: string },
): Promise<void> {
  const actions = chance.pickWeighted([
    [['claim_refund', 'complete_refund'], 5],
    [['claim_refund', 'fail_refund'], 1],
    [['claim_refund'], 1],
    [['fail_refund'], 1],
    [[], 2],
  ] as const);
  for (const action of actions) {
    await world.wait(chance.between(1, 40) * minute);
    await visit(world, chance, { ...at, action });
  }
}
