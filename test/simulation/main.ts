// npm run simulate -- --seeds N [--from S] [--seed S] [--only 3,17] [--days D] [--log]
import './install.ts';
import { parseArgs } from 'node:util';

const { runSeed } = await import('./run/run-seed.ts');
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    only: { type: 'string' },
    days: { type: 'string' },
    log: { type: 'boolean', default: false },
  },
});
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = from; seed < from + count; seed += 1) {
  const verdict = await runSeed(seed, {
    days: values.days === undefined ? undefined : Number(values.days),
    only: values.only?.split(',').map(Number),
    isLogKept: values.log,
  });
  if (values.log) console.log(verdict.lines.join('\n'));
  console.log(
    seed,
    verdict.hash.slice(0, 16),
    `${Math.round(verdict.tookMs)} ms`,
    `${verdict.plan.steps.length} steps`,
    `${(verdict.simulatedMs / 3600000).toFixed(0)} h`,
    verdict.violations.map(({ text }) => text).join('\n'),
  );
}
process.exit(0);
