import { second } from '#kernel/clock.ts';
import type { StepKind } from '../plan/step-kind.ts';

/** The process ends in the middle of whatever it does: at any wait, call or commit. */
export const kill: StepKind = {
  share: 0.6,
  perDay: 4,
  act(world, chance) {
    const atCommit = chance.pickWeighted([
      ['before', 3],
      ['after', 3],
      ['torn', 1],
    ] as const);
    world.operator.killAt({ crossings: chance.between(1, 60), atCommit }, chance.between(1, 90) * second);
  },
};
