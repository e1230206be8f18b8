// A process group is signalled as a whole (systemd, `docker stop` with `tini -g`, Ctrl-C), and npm hands its own signal on:
// the first request to stop arrives twice, and the second of the two must not cut off the work in hand.
import { type Clock, type Milliseconds, second, withinTime } from '#kernel/clock.ts';

/** A signal that comes sooner after the first is the same request; a later one is an order to end at once. */
export const sameRequestMs = 3 * second;

const exitFailure = 1;
/** As a shell reports a process that the signal ended: 128 and its number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof exitCodes;

export interface StopDeps {
  stop(): Promise<void>;
  /** Work in progress may take so long to end; what has not ended by then is left to the next start. */
  stopMaxMs: Milliseconds;
  exit(code: number): void;
  complain(what: unknown): void;
  clock: Pick<Clock, 'deadline' | 'sleep'>;
  /** Time that passed since some moment, which no setting of the clock changes. */
  elapsed(): Milliseconds;
}

/** The handler of both signals: the first stops the process in order, and one that comes a while later ends it. */
export function createStopHandler(deps: StopDeps): (signal: StopSignal) => void {
  let stoppingSince: Milliseconds | undefined;
  return (signal) => {
    const now = deps.elapsed();
    if (stoppingSince === undefined) {
      stoppingSince = now;
      void stopAndExit(deps);
    } else if (now - stoppingSince >= sameRequestMs) deps.exit(exitCodes[signal]);
  };
}

async function stopAndExit({ stop, stopMaxMs, exit, complain, clock }: StopDeps): Promise<void> {
  const late = (): number => {
    complain(`not stopped after ${stopMaxMs} ms; leaving the rest to the next start`);
    return exitFailure;
  };
  // A deadline keeps no process alive, and one that ends in the middle of its stop would not say so.
  const ended = new AbortController();
  void clock.sleep(stopMaxMs, ended.signal);
  try {
    const stopped = stop().then(() => 0);
    exit(await withinTime(clock, stopped, { ms: stopMaxMs, late }));
  } catch (error) {
    complain(error);
    exit(exitFailure);
  } finally {
    ended.abort();
  }
}
