// The process ends in the middle of whatever it does: at any wait, call or commit, with the power, or because somebody stops it.
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Stream } from '../../engine/random.ts';
import type { EndingPoint } from '../../machine/machine.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { whenBusy } from './draw.ts';

function drawPoint(chance: Stream, crossingsMax: number): EndingPoint {
  return {
    crossings: chance.between(1, crossingsMax),
    atCommit: chance.pickWeighted([
      ['before', 3],
      ['after', 3],
      ['torn', 2],
    ]),
  };
}

function drawDown(chance: Stream): Milliseconds {
  const unit = chance.pickWeighted([
    [second, 5],
    [minute, 3],
    [hour, 1],
  ]);
  return Math.round(unit * (0.2 + 2 * chance.next()));
}

/** A point that is not reached in this time is not reached any more. */
const lurkMs: Milliseconds = hour;

async function kill(world: World, point: EndingPoint, downMs: Milliseconds): Promise<void> {
  const { operator, machine, faults } = world;
  const ended = Promise.withResolvers<void>();
  await faults.during({
    what: `the process is to end at crossing ${point.crossings}, ${point.atCommit} a commit`,
    ms: lurkMs,
    until: ended.promise,
    begin() {
      void operator.killAt(point, downMs).then(ended.resolve);
      return () => machine.spare(point);
    },
  });
}

export const killed: StepKind = {
  share: 0.5,
  perDay: 4,
  async act(world, chance) {
    await whenBusy(world, chance);
    await kill(world, drawPoint(chance, chance.pick([5, 30, 200])), drawDown(chance));
  },
};

/** The next one ends in its start, or as soon as it takes up what the last one left. */
export const killedAgain: StepKind = {
  share: 0.4,
  perDay: 2,
  async act(world, chance) {
    await whenBusy(world, chance);
    for (let times = chance.between(2, 5); times > 0; times -= 1) {
      await kill(world, drawPoint(chance, chance.pick([3, 20, 60])), chance.between(1, 20) * second);
    }
  },
};

export const restarted: StepKind = {
  share: 0.4,
  perDay: 3,
  async act(world, chance) {
    await whenBusy(world, chance);
    await world.operator.restart();
  },
};

/** Somebody is impatient: stops it while it stops, while it starts, or just after. */
export const restartedAgain: StepKind = {
  share: 0.3,
  perDay: 3,
  async act(world, chance) {
    const { operator, wait } = world;
    await whenBusy(world, chance);
    const restarts: Promise<void>[] = [];
    for (let times = chance.between(2, 4); times > 0; times -= 1) {
      restarts.push(operator.restart());
      await wait(
        chance.pickWeighted([
          [chance.int(300), 1],
          [1_000 + chance.int(200), 2],
          [chance.int(20_000), 1],
        ]),
      );
    }
    await Promise.all(restarts);
  },
};
