import type { Invariant } from './invariant.ts';

export const soundProcess: Invariant = {
  number: 0,
  promise: 'The simulation itself goes on. The product starts and stops, and no error of its escapes.',
  *always({ world }) {
    yield* world.complaints;
  },
};
