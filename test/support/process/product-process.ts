// The real product as a process of its own, to be killed at any moment and started again on the same file.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { World } from '../app-fixture/world.ts';
import { awaitUntil } from '../time/await-until.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const startMaxMs = 20_000;

export interface ProductProcess {
  start(): void;
  /** Resolves when it answers over HTTP; rejects when it ended by itself. */
  awaitReady(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** A signal to every process of its group, as a supervisor sends it. */
  signalGroup(signal: NodeJS.Signals): void;
  /** The exit code; null when a signal ended it. */
  awaitExit(): Promise<number | null>;
  /** Its log, warnings and errors unless LOG_LEVEL says otherwise, and whatever else it wrote. */
  complaints(): string;
  remove(): void;
}

/** `stdout`: where its log goes; kept for `complaints` when left out. `descriptorsMax`: as `ulimit -n` sets it. */
export function createProductProcess(
  world: Pick<World, 'url' | 'environment'>,
  { stdout = 'pipe', descriptorsMax }: { stdout?: 'pipe' | number; descriptorsMax?: number } = {},
): ProductProcess {
  // A folder without an `.env`, which the product would read.
  const cwd = mkdtempSync(join(tmpdir(), 'tillkeeper-process-'));
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  let complaints = '';

  function running(): ChildProcess {
    if (child === undefined) throw new Error('the process was not started');
    return child;
  }

  return {
    start() {
      // A group of its own, begun by a shell as npm begins it.
      const limit = descriptorsMax === undefined ? '' : `ulimit -n ${descriptorsMax};`;
      child = spawn('sh', ['-c', `${limit} exec "$0" node "$1" start`, fromRoot('tools/rt'), fromRoot('src/main.ts')], {
        cwd,
        env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...world.environment },
        stdio: ['ignore', stdout, 'pipe'],
        detached: true,
      });
      exited = once(child, 'exit');
      const note = (chunk: unknown): void => {
        complaints += String(chunk);
      };
      child.stdout?.on('data', note);
      child.stderr?.on('data', note);
    },
    async awaitReady() {
      const isReady = async (): Promise<boolean> => {
        if (running().exitCode !== null) throw new Error(`the process ended by itself: ${complaints}`);
        try {
          return (await fetch(`${world.url}/livez`, { signal: AbortSignal.timeout(2_000) })).ok;
        } catch {
          return false;
        }
      };
      await awaitUntil(isReady, { what: 'the product to start', timeoutMs: startMaxMs, instead: () => complaints });
    },
    async kill() {
      running().kill('SIGKILL');
      await exited;
    },
    async stop() {
      running().kill('SIGTERM');
      await exited;
      return running().exitCode;
    },
    signalGroup(signal) {
      process.kill(-(running().pid ?? Number.NaN), signal);
    },
    async awaitExit() {
      await exited;
      return running().exitCode;
    },
    complaints: () => complaints,
    remove() {
      child?.kill('SIGKILL');
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
