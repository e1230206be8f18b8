// Runs each seed on both engines, and prints what it came to: a line of JSON each. A word is a seed and the URL of an empty database.
import '../install.ts';
import { watchPostgres } from '../machine/postgres-watch.ts';

watchPostgres();
const { runOnEngine } = await import('./run-on-engine.ts');
for (const word of process.argv.slice(2)) {
  const [name = '', url = ''] = word.split('=');
  const seed = Number(name);
  const sqlite = await runOnEngine(seed, {});
  const postgres = await runOnEngine(seed, { url });
  process.stdout.write(`${JSON.stringify({ seed, sqlite: of(sqlite), postgres: of(postgres) })}\n`);
}
process.exit(0);

function of({ state, violations }: Awaited<ReturnType<typeof runOnEngine>>) {
  return { state, violations };
}
