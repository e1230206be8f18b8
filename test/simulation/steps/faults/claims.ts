import type { World } from '../../world/world.ts';

const claimed = new WeakMap<World, Set<string>>();

/** A setting is changed by one person at a time. Returns what gives it back; undefined: somebody else changes it just now. */
export function claimSetting(world: World, name: string): (() => void) | undefined {
  const names = claimed.get(world) ?? new Set();
  claimed.set(world, names);
  if (names.has(name)) return undefined;
  names.add(name);
  return () => void names.delete(name);
}
