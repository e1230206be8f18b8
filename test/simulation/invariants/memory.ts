import type { World } from '../world/world.ts';

/** What an invariant remembers of a history, from one check to the next. */
export function createMemory<State>(begin: (world: World) => State): (world: World) => State {
  const states = new WeakMap<World, State>();
  return (world) => {
    const known = states.get(world);
    if (known !== undefined) return known;
    const state = begin(world);
    states.set(world, state);
    return state;
  };
}
