import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after so many milliseconds; when `signal` ends, it ends too, in whatever way. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** In real time; does not keep the process alive. */
export const realSleep: Sleep = (ms, signal) => delay(ms, undefined, { signal, ref: false });
