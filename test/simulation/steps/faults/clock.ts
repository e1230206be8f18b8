// The machine's own clock is wrong for a while; true time, by which everybody else goes, is not.
import { hour, minute, second } from '#kernel/clock.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { drawLength, whenBusy } from './draw.ts';

export const wrongClock: StepKind = {
  share: 0.25,
  perDay: 3,
  async act(world, chance) {
    const { faults, machine } = world;
    await whenBusy(world, chance);
    const unit = chance.pickWeighted([
      [second, 3],
      [minute, 3],
      [hour, 1],
    ]);
    const byMs = Math.round(unit * (1 + 4 * chance.next())) * chance.pick([1, -1]);
    await faults.during({
      what: `the clock is set by ${byMs} ms`,
      ms: drawLength(chance, 5 * hour),
      begin() {
        machine.setClock(byMs);
        return () => machine.setClock(-byMs);
      },
    });
  },
};

const driftEveryMs = 20 * second;

/** It runs too fast or too slow, until it is set right in one go. */
export const driftingClock: StepKind = {
  share: 0.2,
  perDay: 2,
  async act({ faults, machine, wait }, chance) {
    const stepMs = chance.pick([20, 200, 2_000]) * chance.pick([1, -1]);
    await faults.during({
      what: `the clock drifts by ${stepMs} ms every ${driftEveryMs} ms`,
      ms: drawLength(chance, 3 * hour),
      begin() {
        let isOver = false;
        let driftedMs = 0;
        const drift = async (): Promise<void> => {
          for (await wait(driftEveryMs); !isOver; await wait(driftEveryMs)) {
            driftedMs += stepMs;
            machine.setClock(stepMs);
          }
        };
        void drift();
        return () => {
          isOver = true;
          machine.setClock(-driftedMs);
        };
      },
    });
  },
};
