import { invariants } from '../invariants/invariants.ts';

export function promiseOf(number: number): string {
  const found = invariants.filter((invariant) => invariant.number === number);
  return found.map(({ promise }) => promise).join(' ');
}
