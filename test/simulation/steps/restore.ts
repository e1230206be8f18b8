import { minute } from '#kernel/clock.ts';
import type { StepKind } from '../plan/step-kind.ts';

/** A backup is made while the product works; some time later it takes the place of the database. */
export const restore: StepKind = {
  share: 0.25,
  perDay: 1,
  async act(world, chance) {
    const backup = await world.backups.make();
    if (backup === undefined) return;
    await world.wait(chance.between(2, 180) * minute);
    await world.backups.putBack(backup);
  },
};
