// Runs the seeds that are named, one after the other, and prints what they came to: a line of JSON each.
import './install.ts';

const { runSeed } = await import('./run/run-seed.ts');
const [days, ...seeds] = process.argv.slice(2).map(Number);
for (const seed of seeds) {
  const { hash, violations } = await runSeed(seed, { days });
  process.stdout.write(`${JSON.stringify({ seed, hash, violations })}\n`);
}
process.exit(0);
