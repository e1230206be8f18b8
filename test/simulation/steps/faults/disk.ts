import { hour } from '#kernel/clock.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { drawLength, whenBusy } from './draw.ts';

/** Something else has filled the disk, and somebody makes room again. */
export const fullDisk: StepKind = {
  share: 0.25,
  perDay: 3,
  async act(world, chance) {
    const { faults, disk } = world;
    await whenBusy(world, chance);
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
