import { invariants } from '../invariants/invariants.ts';

export function promiseOf(number: number): string {
  if (number === 0) return 'The simulation itself goes on.';
  const found = invariants.filter((invariant) => invariant.number === number);
  return found.map(({ promise }) => promise).join(' ');
}
