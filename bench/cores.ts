// The server gets a core of its own and the load generator another, so that neither takes the other's time.
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const serverCore = 0;
const generatorCore = 1;

export type Pinning = 'pinned' | 'not pinned';

/** Puts this process, all its threads, on the generator's core; says so when the machine cannot. */
export function pinGenerator(): Pinning {
  if (availableParallelism() < 2) return 'not pinned';
  try {
    execFileSync('taskset', ['-acp', String(generatorCore), String(process.pid)], { stdio: 'ignore' });
    return 'pinned';
  } catch {
    return 'not pinned';
  }
}

/** Starts this project's Node on the server's core. */
export function spawnServer(args: readonly string[], input: { pinning: Pinning; options: SpawnOptions }) {
  const command = [process.execPath, ...args];
  const [program = process.execPath, ...rest] =
    input.pinning === 'pinned' ? ['taskset', '-c', String(serverCore), ...command] : command;
  return spawn(program, rest, input.options);
}
