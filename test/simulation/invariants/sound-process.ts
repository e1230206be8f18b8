import type { Invariant } from './invariant.ts';

/** Noticed by the machine and its operator, as it happens. */
export const soundProcess: Invariant = {
  number: 0,
  promise: 'The product starts and stops, no error of its escapes, and the simulation itself goes on.',
};
