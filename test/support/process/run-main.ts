import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export interface MainRun {
  status: number | null;
  /** Lines of the output. */
  lines: string[];
  /** What it wrote to standard error. */
  said: string;
}

/** Runs the command line in a process of its own, in a folder without an `.env`, while this process goes on. */
export async function runMain(words: readonly string[], environment: Record<string, string>): Promise<MainRun> {
  const cwd = mkdtempSync(join(tmpdir(), 'tillkeeper-main-'));
  try {
    const env = { PATH: process.env['PATH'], ...environment };
    const child = spawn(process.execPath, [main, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, lines: output.split('\n').filter((line) => line !== ''), said };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
