// Payhip sells by itself and tells of it by webhooks; its seller refunds in Stripe or PayPal.
import { minute, second } from '#kernel/clock.ts';
import { type VisitAction, VisitRefused } from '#sandbox/providers/contract.ts';
import type { SaleInput } from '#sandbox/providers/payhip/sale.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { payhipSeller } from '../../world/payhip-seller.ts';
import type { World } from '../../world/world.ts';
import { visit } from './checkout.ts';

export const payhipBuyer: StepKind = {
  share: 0.5,
  perDay: 3,
  async act(world, chance) {
    world.stir();
    const { id: reference } = payhipSeller(world.providers).buy(draw(world, chance));
    world.journal.note('buyer', `bought ${reference}`);
    for (const action of chance.pickWeighted(returns)) {
      await world.wait(chance.chance(0.3) ? chance.int(10 * second) : chance.between(1, 100) * minute);
      await visit(world, chance, { provider: 'payhip', reference, action });
    }
  },
};

function draw(world: World, chance: Stream): SaleInput {
  const productKey = chance.pick(['NfPk', 'FnPr', 'StMx'] as const);
  const coupons = [...payhipSeller(world.providers).coupons.values()];
  const coupon = coupons.find((known) => known.productKey === null || known.productKey === productKey);
  return {
    productKey,
    email: `buyer-${chance.int(2 ** 31)}@example.org`,
    payBy: chance.pick(['card', 'paypal'] as const),
    quantity: chance.pickWeighted([[1, 8] as const, [2, 1] as const]),
    vatPercent: chance.pickWeighted([[0, 3] as const, [23, 1] as const]),
    couponCode: chance.chance(0.5) ? coupon?.code : undefined,
  };
}

const returns: readonly (readonly [readonly VisitAction[], weight: number])[] = [
  [[], 6],
  [['refund_part'], 1],
  [['refund_part', 'refund_part'], 1],
  [['refund_part', 'refund_full'], 1],
  [['refund_full'], 2],
];

/**
 * Somebody who has seen a delivery makes others up. With a license that was sold, of a product whose secret key nobody has set, a
 * sale cannot be told from a real one: the documentation says so.
 */
export const payhipForger: StepKind = {
  share: 0.2,
  perDay: 2,
  act(world, chance) {
    const forgery = chance.pick(['unknown_product', 'wrong_price', 'fortune', 'wrong_signature'] as const);
    world.stir();
    try {
      payhipSeller(world.providers).forge(forgery);
      world.journal.note('stranger', `forged a sale: ${forgery}`);
    } catch (error) {
      // Nothing was sold yet that could be taken as a model.
      if (!(error instanceof VisitRefused)) throw error;
    }
  },
};
