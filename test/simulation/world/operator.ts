// Who runs the machine: starts the product, changes its settings at a restart, and a supervisor that starts it again when it ended.
import { loadConfig } from '#config/load-config.ts';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Journal } from '../engine/journal.ts';
import type { EndingPoint, Machine } from '../machine/machine.ts';

export interface Operator {
  /** Starts the product; a start that fails is tried again, as a supervisor does. */
  start(): Promise<void>;
  /** Stops it in an orderly way and starts it with these settings, which stay; an empty value removes one. */
  restart(change?: Readonly<Record<string, string>>): Promise<void>;
  /** Kills it at that point, and starts it again after a while. */
  killAt(point: EndingPoint, downMs: Milliseconds): void;
  readonly environment: Readonly<Record<string, string>>;
}

const startAgainMs: Milliseconds = 5 * second;

export function createOperator(deps: {
  machine: Machine;
  journal: Journal;
  wait(ms: Milliseconds): Promise<void>;
  stir(): void;
  environment: Readonly<Record<string, string>>;
}): Operator {
  const { machine, journal, wait } = deps;
  let environment = deps.environment;

  async function start(): Promise<void> {
    // Somebody else may have started it meanwhile.
    while (!machine.isUp()) {
      deps.stir();
      const loaded = loadConfig(environment, { readFile: () => '' });
      if (!loaded.ok) throw new Error(`the settings are refused: ${loaded.faults.join('; ')}`);
      try {
        await machine.start(loaded.config);
        return;
      } catch (error) {
        journal.note('operator', `the start failed: ${error instanceof Error ? error.message : 'unknown'}`);
        await machine.stop();
        await wait(startAgainMs);
      }
    }
  }

  return {
    start,
    async restart(change = {}) {
      environment = { ...environment, ...change };
      await machine.stop();
      await start();
    },
    killAt(point, downMs) {
      machine.killAt(point, () => {
        void wait(downMs).then(start);
      });
    },
    get environment() {
      return environment;
    },
  };
}
