// Who runs the machine: a supervisor that starts the product whenever it has ended, and an admin who changes its settings at a restart.
import { loadConfig } from '#config/load-config.ts';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Journal } from '../engine/journal.ts';
import { ProcessEnded } from '../machine/disk.ts';
import type { EndingPoint, Machine } from '../machine/machine.ts';
import type { Disturbances } from './disturbances.ts';

export interface Operator {
  /** Keeps the product running; never ends. */
  run(): Promise<void>;
  /** Stops it in an orderly way and starts it with these settings, which stay; an empty value removes one. */
  restart(change?: Readonly<Record<string, string>>): Promise<void>;
  /** Stops it, does something with its files, and lets it be started again. */
  maintain(work: () => Promise<void>): Promise<void>;
  /** Kills it at that point, and starts it again after so long; resolves when it was killed. */
  killAt(point: EndingPoint, downMs: Milliseconds): Promise<void>;
  /** A process that is down is started without further delay. */
  startNow(): void;
  readonly environment: Readonly<Record<string, string>>;
}

/** After an orderly stop. */
const usualDownMs: Milliseconds = second;
/** After starts that failed one after the other, as supervisors wait. */
const failedDownMs = (failed: number): Milliseconds => Math.min(5 * second * 2 ** (failed - 1), 2 * minute);

export function createOperator(deps: {
  machine: Machine;
  journal: Journal;
  disturbances: Disturbances;
  wait(ms: Milliseconds): Promise<void>;
  stir(): void;
  /** The product does not start. */
  onFailedStart(why: string): void;
  environment: Readonly<Record<string, string>>;
}): Operator {
  const { machine, journal, wait } = deps;
  let environment = deps.environment;
  let downMs = usualDownMs;
  let failedStarts = 0;
  /** Nothing is started before this has ended. */
  let maintenance: Promise<void> = Promise.resolve();
  const waiting: (() => void)[] = [];
  let startNow = (): void => undefined;

  async function start(): Promise<void> {
    deps.stir();
    const loaded = loadConfig(environment, { readFile: () => '' });
    if (!loaded.ok) throw new Error(`the settings are refused: ${loaded.faults.join('; ')}`);
    try {
      await machine.start(loaded.config);
      failedStarts = 0;
      for (const resolve of waiting.splice(0)) resolve();
    } catch (error) {
      // Whoever ended it has said when it is to be started again.
      if (error instanceof ProcessEnded) return;
      const why = error instanceof Error ? error.message : 'unknown';
      journal.note('operator', `the start failed: ${why}`);
      deps.onFailedStart(why);
      failedStarts += 1;
      downMs = failedDownMs(failedStarts);
      await machine.stop();
    }
  }

  return {
    async run() {
      let endDowntime = deps.disturbances.begin('the process is down');
      for (;;) {
        for (let last: unknown; last !== maintenance; ) {
          last = maintenance;
          await maintenance;
        }
        await start();
        if (machine.isUp()) {
          endDowntime();
          await machine.ended();
          endDowntime = deps.disturbances.begin('the process is down');
        }
        const ms = downMs;
        downMs = usualDownMs;
        await new Promise<void>((resolve) => {
          startNow = resolve;
          void wait(ms).then(resolve);
        });
      }
    },
    async restart(change = {}) {
      environment = { ...environment, ...change };
      const isStarted = new Promise<void>((resolve) => waiting.push(resolve));
      await machine.stop();
      await isStarted;
    },
    async maintain(work) {
      const over = Promise.withResolvers<void>();
      const before = maintenance;
      maintenance = before.then(() => over.promise);
      const isStarted = new Promise<void>((resolve) => waiting.push(resolve));
      try {
        await machine.stop();
        await before;
        await work();
      } finally {
        over.resolve();
      }
      await isStarted;
    },
    killAt: (point, forMs) =>
      new Promise((resolve) => {
        machine.killAt(point, () => {
          downMs = forMs;
          resolve();
        });
      }),
    startNow: () => startNow(),
    get environment() {
      return environment;
    },
  };
}
