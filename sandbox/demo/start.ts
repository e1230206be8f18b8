import { appendFile } from 'node:fs/promises';
import { type DemoWorld, startDemoWorld } from './demo-world.ts';
import { historyMs, playHistory } from './history.ts';
import type { DemoOptions } from './options.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { welcome } from './welcome.ts';

export interface Demo {
  /** Resolves when everything runs and the welcome is printed; rejects when it was stopped before that. */
  start(): Promise<void>;
  /** May be called at any time, also while starting. */
  stop(): Promise<void>;
}

export interface DemoDeps {
  say(text: string): void;
  /** Called with the folder that holds all data, as soon as it exists. */
  onFolder(folder: string): void;
}

export function createDemo(options: DemoOptions, { say, onFolder }: DemoDeps): Demo {
  let opening: Promise<DemoWorld> | undefined;
  let traffic: Traffic | undefined;
  let isStopped = false;

  return {
    async start() {
      const behindMs = options.hasHistory ? historyMs : 0;
      opening = startDemoWorld({ portBase: options.portBase, behindMs, onFolder });
      const world = await opening;
      if (options.hasHistory) {
        say('\n  Opening the shop: a week of orders goes through it …');
        await playHistory(world);
      }
      if (isStopped) throw new Error('stopped while starting');
      say(welcome(world, options));
      if (options.traffic === 'none') return;
      traffic = startTraffic(world, { pace: options.traffic, onFault: (error) => note(world, error) });
    },
    async stop() {
      isStopped = true;
      await traffic?.stop();
      const world = await opening?.catch(() => undefined);
      await world?.stop();
    },
  };
}

/** A story that fails does not end the demo; the log shows it. */
function note(world: DemoWorld, error: unknown): void {
  const msg = error instanceof Error ? error.message : String(error);
  const line = JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg: `demo traffic: ${msg}` });
  // The folder may be deleted already when the demo ends.
  appendFile(world.logFile, `${line}\n`).catch(() => undefined);
}
