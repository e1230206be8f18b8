// The machine itself: it stands still for a while, loses its network, or everything on its network takes long.
import { hour, minute, second } from '#kernel/clock.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { drawLength, whenBusy } from './draw.ts';

/** A host that is moved to other hardware, or a process that somebody stopped and continued. */
export const suspended: StepKind = {
  share: 0.25,
  perDay: 2,
  async act(world, chance) {
    const { faults, machine } = world;
    await whenBusy(world, chance);
    await faults.during({
      what: 'the machine stands still',
      ms: Math.round(chance.pick([3 * second, 40 * second, 10 * minute, hour]) * (0.5 + chance.next())),
      begin: () => machine.suspend(),
    });
  },
};

export const offline: StepKind = {
  share: 0.25,
  perDay: 2,
  async act(world, chance) {
    const { faults, machine } = world;
    await whenBusy(world, chance);
    await faults.during({
      what: 'the machine has no network',
      ms: drawLength(chance, 3 * hour),
      begin() {
        machine.setOffline(true);
        return () => machine.setOffline(false);
      },
    });
  },
};

export const slowNetwork: StepKind = {
  share: 0.25,
  perDay: 2,
  async act({ faults, network }, chance) {
    const ms = chance.pick([500, 5 * second, 20 * second]);
    await faults.during({
      what: `the network takes up to ${ms} ms`,
      ms: drawLength(chance, 2 * hour),
      begin() {
        network.setSlow(ms);
        return () => network.setSlow(0);
      },
    });
  },
};
