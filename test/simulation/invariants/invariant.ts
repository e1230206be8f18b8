import type { World } from '../world/world.ts';
import type { Look } from './look.ts';

/** A promise of the product. Each check gives a sentence for everything that breaks it: what, which row, what it should be. */
export interface Invariant {
  /** Its number in docs/simulation.md. */
  readonly number: number;
  readonly promise: string;
  /** Called once, before the product is started for the first time: for what has to be listened to. */
  begin?(world: World): void;
  /** Holds at every moment: checked every simulated hour, after each start, and at the end. Cheap: it meets every hour of every history. */
  always?(look: Look): Iterable<string>;
  /** Holds once the faults have stopped and everything has come to rest. */
  atRest?(look: Look): Iterable<string> | Promise<Iterable<string>>;
}
