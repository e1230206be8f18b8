import type { GroupedCheck, SetUpReport } from '#diagnostics/set-up-check.ts';

export interface FakeDiagnostics {
  latest(): SetUpReport | undefined;
  examine(): Promise<SetUpReport>;
  /** What every check finds from here on. */
  finds(checks: readonly GroupedCheck[]): void;
  /** Checks wait from here on, until the returned function is called. */
  hold(): () => void;
  looks(): number;
}

/** Finds what the test says. */
export function createFakeDiagnostics(now: () => number): FakeDiagnostics {
  let checks: readonly GroupedCheck[] = [];
  let report: SetUpReport | undefined;
  let gate = Promise.resolve();
  let looks = 0;
  return {
    latest: () => report,
    async examine() {
      looks += 1;
      await gate;
      report = { checks, finishedAt: now() };
      return report;
    },
    finds(next) {
      checks = next;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    looks: () => looks,
  };
}
