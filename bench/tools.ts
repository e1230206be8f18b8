import { systemClock } from '#kernel/clock.ts';
import { createIds, systemRandom } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';

const log: EventLog = {
  info: () => undefined,
  warn: () => undefined,
  error: (message, facts, cause) => console.error(message, facts, cause),
};

/** What most of the product asks for, as it is in production; of the log only errors are printed. */
export const tools = {
  clock: systemClock,
  random: systemRandom,
  ids: createIds({ clock: systemClock, random: systemRandom }),
  log,
};
