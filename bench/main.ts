// `npm run bench`: prints tables and writes them as JSON to bench/results. Options, for work on one part:
//   --only intake|process|peers   --servers noop,tillkeeper   --rounds 5   --measure-ms 4000   --profile FOLDER
// `npm run bench -- scale`: a shop of two years beside a small one. Its options:
//   --orders 1000000   --small 10000   --seed 1   --samples 60   --screen '/find'   --cache FOLDER
// `npm run bench -- stall`: how long webhooks wait on the large shop while something else goes on. The same options, and
//   --screen '/stats'   (what goes on)   --measure-ms 4000
//   --postgres postgres://USER@HOST:PORT/postgres   (a server on which databases may be created; without it on SQLite)
// `npm run bench -- drain`: a backlog of webhooks, each until the shop was told. Its options:
//   --events 5000   --rounds 5   --postgres URL   --profile FOLDER
// `npm run bench -- reconcile`: a comparison with a provider's list. Its option:
//   --payments 10000,100000
// `npm run bench -- soak`: webhooks at a steady rate. Its options:
//   --rate 200   --seconds 300   --profile FOLDER
// `npm run bench -- orders`: what the shop's site asks for. Its options:
//   --events 5000   --profile FOLDER
// `npm run bench -- burst`: 1,000 webhooks at once, until admins and shop were told. Its options:
//   --burst 1000   --rounds 5
// `npm run bench -- file`: the bytes of an order, by table. Options:
//   --orders 1000000   --events 5000   --postgres URL
// `npm run bench -- start`: how long the product takes to start on the large shop, and its memory when idle. Options:
//   --orders 1000000   --rounds 5   --idle-ms 60000
// `npm run bench -- jobs`: a job that does nothing, in our queue and in others. Its options:
//   --events 5000   --concurrency 8   --rounds 5   --queues tillkeeper-sqlite,plainjob   --profile FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pinGenerator } from './cores.ts';
import { contestantNames, isContestant } from './intake/contestants.ts';
import { runIntake } from './intake/run-intake.ts';
import { named } from './named.ts';
import { runPeers } from './peers/run-peers.ts';
import { runProcess } from './process/run-process.ts';
import { formatIntake, formatPeers, formatProcess, intakeVerdicts, processVerdicts } from './report.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    servers: { type: 'string', default: contestantNames.join() },
    rounds: { type: 'string', default: '5' },
    'measure-ms': { type: 'string', default: '4000' },
    profile: { type: 'string' },
    events: { type: 'string', default: '5000' },
    payments: { type: 'string', default: '10000,100000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '300' },
    burst: { type: 'string', default: '1000' },
    orders: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    samples: { type: 'string', default: '60' },
    screen: { type: 'string', default: '' },
    'idle-ms': { type: 'string', default: '60000' },
    concurrency: { type: 'string', default: '8' },
    queues: { type: 'string', default: '' },
    postgres: { type: 'string' },
    cache: { type: 'string', default: fileURLToPath(new URL('./cache/', import.meta.url)) },
  },
});

const isNamed = positionals.length > 0;
const unknown = positionals.filter((name) => !(name in named));
if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}`);

const pinning = isNamed ? 'not pinned' : pinGenerator();
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, pinning };
const { profile } = options;
const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
const result: Record<string, unknown> = { at: new Date().toISOString(), machine };

if (isWanted('intake')) {
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
    nodeOptions: profiling,
    onRound: ({ name, number, result: round }) => {
      const facts = `${Math.round(round.requestsPerSecond)}/s, ${round.stored} of ${round.accepted} accepted stored`;
      console.log(`  round ${number} ${name}: ${facts}`);
    },
  });
  console.log(`\n${formatIntake(intake)}\n`);
  for (const verdict of intakeVerdicts(intake.figures)) console.log(verdict);
  result['intake'] = { plan, ...intake };
}

if (isWanted('process')) {
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

if (isWanted('peers')) {
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

for (const name of positionals) result[name] = await named[name]?.({ options, profiling });

/** Without a name, all that need no large database. */
function isWanted(part: 'intake' | 'process' | 'peers'): boolean {
  return !isNamed && (options.only === undefined || options.only === part);
}

const folder = new URL('./results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL(`${String(result['at']).replaceAll(':', '-')}.json`, folder);
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`\nwritten to ${file.pathname}`);
