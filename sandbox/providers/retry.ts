const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Short, so that nobody waits in a demo. */
export const retryDelaysMsDefault: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export function anyGood(status: number): boolean {
  return status >= 200 && status < 300;
}

export function everyFailure(): boolean {
  return true;
}

export interface Pauses {
  readonly seconds?: readonly number[];
  readonly minutes?: readonly number[];
  readonly hours?: readonly number[];
}

/** Pauses in milliseconds: first those in seconds, then those in minutes, then those in hours. */
export function pausesMs({ seconds = [], minutes = [], hours = [] }: Pauses): number[] {
  return [
    ...seconds.map((count) => count * secondMs),
    ...minutes.map((count) => count * minuteMs),
    ...hours.map((count) => count * hourMs),
  ];
}

/** The same pause several times. */
export function times(count: number, pause: number): number[] {
  return Array.from({ length: count }, () => pause);
}
