// Payhip sells by itself and tells of it by webhooks; its seller refunds in Stripe or PayPal.
import { minute } from '#kernel/clock.ts';
import { type VisitAction, VisitRefused } from '#sandbox/providers/contract.ts';
import { forgeries } from '#sandbox/providers/payhip/seller.ts';
import { PayhipShop } from '#sandbox/providers/payhip/shop.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { visit } from './checkout.ts';

export const payhipBuyer: StepKind = {
  share: 0.5,
  perDay: 3,
  async act(world, chance) {
    const shop = shopOf(world);
    const key = chance.pick(['NfPk', 'FnPr', 'StMx'] as const);
    world.stir();
    const { reference } = shop.sell({ key, email: `buyer-${chance.int(2 ** 31)}@example.org` });
    world.journal.note('buyer', `bought ${key} as ${reference}`);
    for (const action of chance.pickWeighted(returns)) {
      await world.wait(chance.between(1, 100) * minute);
      await visit(world, chance, { provider: 'payhip', reference, action });
    }
  },
};

const returns: readonly (readonly [readonly VisitAction[], weight: number])[] = [
  [[], 6],
  [['refund_part'], 1],
  [['refund_part', 'refund_part'], 1],
  [['refund_part', 'refund_full'], 1],
  [['refund_full'], 2],
];

/** Somebody who has seen a delivery makes others up, as far as that is possible. */
export const payhipForger: StepKind = {
  share: 0.2,
  perDay: 2,
  act(world, chance) {
    const forgery = chance.pick(forgeries as readonly [(typeof forgeries)[number], ...typeof forgeries]);
    world.stir();
    try {
      shopOf(world).seller.forge(forgery);
      world.journal.note('stranger', `forged a sale: ${forgery}`);
    } catch (error) {
      // Nothing was sold yet that could be taken as a model.
      if (!(error instanceof VisitRefused)) throw error;
    }
  },
};

function shopOf(world: World): PayhipShop {
  const shop = world.providers.shop('payhip');
  if (!(shop instanceof PayhipShop)) throw new Error('payhip has no shop');
  return shop;
}
