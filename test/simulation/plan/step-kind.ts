import type { Stream } from '../engine/random.ts';
import type { World } from '../world/world.ts';

/** A kind of thing that happens: somebody acts, or something fails for a while. */
export interface StepKind {
  /** The share of histories that have it at all. */
  readonly share: number;
  /** How often it happens on a usual day of such a history. */
  readonly perDay: number;
  /** A script in simulated time; ends what it began. A throw is a fault of the simulation. */
  act(world: World, chance: Stream): void | Promise<void>;
}
