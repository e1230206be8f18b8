/** Short, so that nobody waits in a demo. */
export const retryDelaysMsDefault: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export function anyGood(status: number): boolean {
  return status >= 200 && status < 300;
}

export function everyFailure(): boolean {
  return true;
}
