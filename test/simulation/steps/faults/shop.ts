// The shop's site takes no events, or takes them and says otherwise.
import { hour, minute, second } from '#kernel/clock.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { ShopMood } from '../../world/shop-site.ts';
import type { World } from '../../world/world.ts';
import { drawLength } from './draw.ts';

function drawMood(chance: Stream): ShopMood {
  return chance.pickWeighted<() => ShopMood>([
    [() => ({ kind: 'down' }), 3],
    [() => ({ kind: 'hold' }), 2],
    [() => ({ kind: 'slow', ms: chance.pick([2 * second, 14 * second, 16 * second, minute]) }), 2],
    [() => ({ kind: 'refuse', status: chance.pick([500, 502, 503, 302, 400, 401, 404, 410, 429]) }), 3],
  ])();
}

/** The newest trouble is the one that shows. */
export function trouble({ shop }: World, mood: ShopMood): () => void {
  shop.mood = mood;
  return () => {
    if (shop.mood === mood) shop.mood = { kind: 'well' };
  };
}

export const shopTrouble: StepKind = {
  share: 0.4,
  perDay: 3,
  async act(world, chance) {
    const mood = drawMood(chance);
    await world.faults.during({
      what: `the shop is not well: ${JSON.stringify(mood)}`,
      ms: drawLength(chance, 6 * hour),
      begin: () => trouble(world, mood),
    });
  },
};

/** It goes and comes back, many times. */
export const flappingShop: StepKind = {
  share: 0.2,
  perDay: 2,
  async act(world, chance) {
    for (let times = chance.between(3, 30); times > 0 && !world.faults.areOver(); times -= 1) {
      const mood = drawMood(chance);
      const ms = chance.between(1, 40) * second;
      await world.faults.during({ what: `the shop flaps: ${mood.kind}`, ms, begin: () => trouble(world, mood) });
      await world.wait(chance.between(1, 40) * second);
    }
  },
};
