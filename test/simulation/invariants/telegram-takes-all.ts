import type { Invariant } from './invariant.ts';

export const telegramTakesAll: Invariant = {
  number: 13,
  promise: 'Telegram refuses nothing that we send: markup, buttons and lengths are such as it takes.',
  always: ({ world }) => world.telegram.refused,
};
