import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// In processes of their own: a history replaces the timers and clocks of the process that it runs in.
const program = fileURLToPath(new URL('./print-hashes.ts', import.meta.url));
const run = promisify(execFile);

/** What a fresh process prints for these seeds, in this order. */
async function hashesOf(seeds: readonly number[]): Promise<string[]> {
  const { stdout } = await run(process.execPath, [program, '0.1', ...seeds.map(String)]);
  return stdout.trim().split('\n');
}

test('a seed gives the same history, whatever the process did before, and in a fresh process', async () => {
  const [[eleven, twelve, again], fresh] = await Promise.all([hashesOf([11, 12, 11]), hashesOf([12])]);
  expect(again).toBe(eleven);
  expect(fresh).toEqual([twelve]);
  expect(twelve).not.toBe(eleven);
}, 180_000);
