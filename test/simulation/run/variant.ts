import type { Milliseconds } from '#kernel/clock.ts';
import type { StepName } from '../plan/steps.ts';
import type { World, WorldVariant } from '../world/world.ts';

/** A history that is not judged by itself, but compared with another one of its seed. */
export interface Variant extends WorldVariant {
  /** Whether the plan keeps steps of this kind. */
  has(step: StepName): boolean;
  /** How long it goes on after its faults have stopped. */
  readonly calmMs: Milliseconds;
  /** In the place of the invariants. */
  atRest(world: World): Promise<void>;
}
