// Runs each seed on both engines, and prints what it came to and where its journals part: a line of JSON each. A word is a seed and
// the URL of an empty database.
import '../install.ts';
import { watchPostgres } from '../machine/postgres-watch.ts';
import type { Ended } from './run-on-engine.ts';

watchPostgres();
const { runOnEngine } = await import('./run-on-engine.ts');
for (const word of process.argv.slice(2)) {
  const [name = '', url = ''] = word.split('=');
  const seed = Number(name);
  const sqlite = await runOnEngine(seed, { isLogKept: true });
  const postgres = await runOnEngine(seed, { url, isLogKept: true });
  const parted = firstDifference(commonLines(sqlite), commonLines(postgres));
  process.stdout.write(`${JSON.stringify({ seed, sqlite: of(sqlite), postgres: of(postgres), parted })}\n`);
}
process.exit(0);

/** Without the lines that name the engine, or that one engine has alone. */
function commonLines({ lines }: Ended): string[] {
  return lines.filter((line) => !/"msg":"(?:started|leases of a crashed process released)"/.test(line));
}

/** The first line in which they differ, on either side; nothing when they are the same. */
function firstDifference(left: readonly string[], right: readonly string[]): string[] {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    if (left[at] !== right[at]) return [left[at] ?? 'the end', right[at] ?? 'the end'];
  }
  return [];
}

function of({ state, violations }: Ended) {
  return { state, violations };
}
