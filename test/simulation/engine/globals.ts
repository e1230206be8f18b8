// Timers, clocks and network of the runtime, for libraries that reach for them instead of taking a port. Installed once in the
// simulator's process, before the product is loaded; between two histories they are the runtime's own again.
import type { Milliseconds } from '#kernel/clock.ts';
import type { NodeFetch } from '../machine/http-clients.ts';
import { timeOver } from './time-over.ts';

export interface Runtime {
  now(): Milliseconds;
  elapsed(): Milliseconds;
  /** Returns what calls it off. */
  after(ms: Milliseconds, run: () => void): () => void;
  fetch: typeof fetch;
  nodeFetch: NodeFetch;
  /** Told of a promise that was rejected and that nobody waits for. */
  onRejection(reason: unknown): void;
}

export interface HistoryRuntime extends Runtime {
  /** Aborted when the history is over. */
  over: AbortSignal;
}

let current: HistoryRuntime | undefined;

/** Gives the process to one history; undefined gives it back to the runtime. */
export function useRuntime(runtime: HistoryRuntime | undefined): void {
  current = runtime;
}

const real = {
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  now: Date.now,
  elapsed: performance.now.bind(performance),
  timeout: AbortSignal.timeout.bind(AbortSignal),
  any: AbortSignal.any.bind(AbortSignal),
  fetch: globalThis.fetch,
};

class SimulatedTimer {
  cancel: () => void = () => undefined;
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  close(): void {
    this.cancel();
  }
}

type Callback = (...args: unknown[]) => void;

function setSimulatedTimeout(run: Callback, ms = 0, ...args: unknown[]): unknown {
  if (current === undefined) return real.setTimeout(run, ms, ...args);
  const timer = new SimulatedTimer();
  timer.cancel = current.after(ms, () => run(...args));
  return timer;
}

function setSimulatedInterval(run: Callback, ms = 0, ...args: unknown[]): unknown {
  if (current === undefined) return real.setInterval(run, ms, ...args);
  const runtime = current;
  const timer = new SimulatedTimer();
  const again = (): void => {
    timer.cancel = runtime.after(Math.max(1, ms), () => {
      again();
      run(...args);
    });
  };
  again();
  return timer;
}

function clearSimulated(timer: unknown): void {
  if (timer instanceof SimulatedTimer) timer.cancel();
  else real.clearTimeout(timer as NodeJS.Timeout);
}

function timeoutSignal(ms: number): AbortSignal {
  if (current === undefined) return real.timeout(ms);
  const ending = new AbortController();
  current.after(ms, () => ending.abort(timeOver));
  return ending.signal;
}

/** The runtime keeps a signal of this sort for as long as anybody listens to it, and with it the history: so it ends with that one. */
function anySignal(signals: Iterable<AbortSignal>): AbortSignal {
  return real.any(current === undefined ? [...signals] : [...signals, current.over]);
}

/** Must run before the product's modules, which may keep a global for themselves. */
export function installGlobals(): void {
  Object.assign(globalThis, {
    setTimeout: setSimulatedTimeout,
    setInterval: setSimulatedInterval,
    clearTimeout: clearSimulated,
    clearInterval: clearSimulated,
    simulatedNodeFetch: (...input: Parameters<NodeFetch>) => requireRuntime().nodeFetch(...input),
    fetch: (...input: Parameters<typeof fetch>) => (current?.fetch ?? real.fetch)(...input),
  });
  Object.assign(AbortSignal, { timeout: timeoutSignal, any: anySignal });
  process.on('unhandledRejection', (reason) => {
    if (current === undefined) throw reason;
    current.onRejection(reason);
  });
  Date.now = () => current?.now() ?? real.now();
  performance.now = () => current?.elapsed() ?? real.elapsed();
}

function requireRuntime(): HistoryRuntime {
  if (current === undefined) throw new Error('no history runs');
  return current;
}

/** Real time, for the simulator's own account of itself. */
export const realElapsed = real.elapsed;
