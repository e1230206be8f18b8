// `npm run bench`: prints tables and writes them as JSON to bench/results. Options, for work on one part:
//   --only intake|process|peers   --servers noop,tillkeeper   --rounds 5   --measure-ms 4000   --profile FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { pinGenerator } from './cores.ts';
import { contestantNames, isContestant } from './intake/contestants.ts';
import { runIntake } from './intake/run-intake.ts';
import { runPeers } from './peers/run-peers.ts';
import { runProcess } from './process/run-process.ts';
import { formatIntake, formatPeers, formatProcess, intakeVerdicts, processVerdicts } from './report.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    servers: { type: 'string', default: contestantNames.join() },
    rounds: { type: 'string', default: '5' },
    'measure-ms': { type: 'string', default: '4000' },
    profile: { type: 'string' },
  },
});

const pinning = pinGenerator();
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, pinning };
const result: Record<string, unknown> = { at: new Date().toISOString(), machine };

if (options.only === undefined || options.only === 'intake') {
  const plan = {
    names: options.servers.split(',').filter(isContestant),
    rounds: Number(options.rounds),
    connections: 64,
    warmUpMs: 1_000,
    measureMs: Number(options['measure-ms']),
    pinning,
  };
  console.log(
    `durable intake: ${plan.connections} connections, ${plan.rounds} rounds of ${plan.measureMs} ms, ${pinning}`,
  );
  const intake = await runIntake({
    ...plan,
    nodeOptions: options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`],
    onRound: ({ name, number, result: round }) => {
      const facts = `${Math.round(round.requestsPerSecond)}/s, ${round.stored} of ${round.accepted} accepted stored`;
      console.log(`  round ${number} ${name}: ${facts}`);
    },
  });
  console.log(`\n${formatIntake(intake)}\n`);
  for (const verdict of intakeVerdicts(intake.figures)) console.log(verdict);
  result['intake'] = { plan, ...intake };
}

if (options.only === undefined || options.only === 'process') {
  const plan = { rounds: Number(options.rounds), idleMs: 10_000, pinning };
  console.log(`\ncold start and idle memory: ${plan.rounds} runs, fully configured, against the sandbox`);
  const figures = await runProcess({
    ...plan,
    onRun: (run) =>
      console.log(`  ready after ${Math.round(run.readyMs)} ms, ${Math.round(run.idleMegabytes)} MB idle`),
  });
  console.log(`\n${formatProcess(figures)}\n`);
  for (const verdict of processVerdicts(figures)) console.log(verdict);
  result['process'] = { plan, ...figures };
}

if (options.only === undefined || options.only === 'peers') {
  const crowds = [10, 50, 500].flatMap((connections) => [
    { connections, requestsAhead: 16 },
    { connections, requestsAhead: 60 },
  ]);
  const plan = { crowds, holdMs: 3_000, pinning };
  console.log('\npeers that ask and do not read');
  const rounds = await runPeers(plan);
  console.log(`\n${formatPeers(rounds)}`);
  result['peers'] = { plan, rounds };
}

const folder = new URL('./results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL(`${String(result['at']).replaceAll(':', '-')}.json`, folder);
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`\nwritten to ${file.pathname}`);
