import { hour, minute, second } from '#kernel/clock.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { drawLength, whenBusy } from './draw.ts';
import { trouble } from './shop.ts';

/** Something else has filled the disk, and somebody makes room again. */
export const fullDisk: StepKind = {
  share: 0.3,
  perDay: 2,
  async act(world, chance) {
    const { faults, disk } = world;
    await (chance.chance(0.5) ? whenShopIsTold(world, chance) : whenBusy(world, chance));
    const fault = chance.pick(['pages', 'log'] as const);
    await faults.during({
      what: `the disk has no room for ${fault}`,
      ms: drawLength(chance, 2 * hour),
      begin() {
        disk.setFull(fault);
        return () => disk.setFull(undefined);
      },
    });
  },
};

const patienceMs = 30 * minute;

/** The shop takes its time, and the disk is full before the product can note that the shop has taken an event. */
async function whenShopIsTold(world: World, chance: Stream): Promise<void> {
  const { faults, shop, wait, nextStir } = world;
  const isTold = Promise.withResolvers<void>();
  const until = world.now() + patienceMs;
  const known = shop.heard.length;
  void faults.during({
    what: 'the shop takes its time',
    ms: patienceMs,
    until: isTold.promise,
    begin: () => trouble(world, { kind: 'slow', ms: 14 * second }),
  });
  while (shop.heard.length === known && world.now() < until && !faults.areOver()) {
    await Promise.race([nextStir(), wait(patienceMs)]);
    await wait(chance.between(1, 4) * second);
  }
  isTold.resolve();
}
