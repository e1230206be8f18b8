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
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pinGenerator } from './cores.ts';
import { contestantNames, isContestant } from './intake/contestants.ts';
import { runIntake } from './intake/run-intake.ts';
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
    postgres: { type: 'string' },
    cache: { type: 'string', default: fileURLToPath(new URL('./cache/', import.meta.url)) },
  },
});

const isNamed = positionals.length > 0;
const unknown = positionals.filter(
  (name) => !['scale', 'drain', 'stall', 'reconcile', 'soak', 'orders', 'burst'].includes(name),
);
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

if (positionals.includes('scale')) {
  // Loaded when it is wanted: it puts a stand-in in the place of the HTTP client of the bots.
  const { runScale } = await import('./scale/run-scale.ts');
  const { createSqliteEngine } = await import('./scale/engines/sqlite-engine.ts');
  const { createPostgresEngine } = await import('./scale/engines/postgres-engine.ts');
  const { formatScale, scaleVerdicts } = await import('./scale/scale-report.ts');
  const { seed, cache, screen, postgres } = options;
  const engine = postgres === undefined ? createSqliteEngine(cache) : createPostgresEngine(postgres);
  const plan = {
    ...{ seed, screen, small: Number(options.small), large: Number(options.orders) },
    samples: Number(options.samples),
    screenMaxMs: 10_000,
  };
  console.log(`${engine.name}: every screen with ${plan.small} and with ${plan.large} orders of two years`);
  const scale = await runScale(engine, {
    ...plan,
    onHistory({ orders, madeInMs, bytesPerOrder }) {
      const made = madeInMs === null ? 'from the cache' : `made in ${Math.round(madeInMs / 1000)} s`;
      console.log(`  ${orders} orders, ${bytesPerOrder} bytes each, ${made}`);
    },
    onScreen: ({ name, ratio, processorRatio }) =>
      console.log(`  ${name}: ${ratio.toFixed(2)}, cpu ${processorRatio.toFixed(2)}`),
  });
  console.log(`\n${formatScale(engine.name, scale.screens)}\n`);
  for (const verdict of scaleVerdicts(engine.name, scale.screens)) console.log(verdict);
  result['scale'] = { engine: engine.name, plan, ...scale };
}

if (positionals.includes('drain')) {
  const { runDrain } = await import('./drain/run-drain.ts');
  const { drainVerdicts, formatDrain } = await import('./drain/drain-report.ts');
  const { postgres } = options;
  const events = Number(options.events);
  const plan = {
    events,
    warmUp: 1_000,
    countedEvents: Math.min(events, 500),
    rounds: Number(options.rounds),
    postgres,
  };
  const engine = postgres === undefined ? 'sqlite' : 'postgres';
  console.log(`${engine}: ${events} webhooks from stored to told, ${plan.rounds} rounds`);
  const drain = await runDrain({
    ...plan,
    pinning,
    nodeOptions: profiling,
    onRound: (round) => console.log(`  ${Math.round(round.ms)} ms, ${Math.round(round.processorMs)} ms of processor`),
  });
  console.log(`\n${formatDrain(drain)}\n`);
  for (const verdict of drainVerdicts(engine, drain)) console.log(verdict);
  result['drain'] = { engine, plan, ...drain };
}

if (positionals.includes('stall')) {
  const { runStall } = await import('./stall/run-stall.ts');
  const { formatStall, stallVerdict } = await import('./stall/stall-report.ts');
  const { createSqliteEngine } = await import('./scale/engines/sqlite-engine.ts');
  const { createPostgresEngine } = await import('./scale/engines/postgres-engine.ts');
  const { seed, cache, screen, postgres } = options;
  const engine = postgres === undefined ? createSqliteEngine(cache) : createPostgresEngine(postgres);
  const plan = { seed, only: screen, orders: Number(options.orders), measureMs: Number(options['measure-ms']) };
  console.log(`\n${engine.name}: intake with ${plan.orders} orders, a webhook every 25 ms`);
  const figures = await runStall(engine, {
    ...plan,
    onActivity: ({ name, p99Ms, workedP99Ms }) =>
      console.log(`  ${name}: p99 ${p99Ms.toFixed(0)} ms, worked ${workedP99Ms.toFixed(0)} ms`),
  });
  console.log(`\n${formatStall(figures)}\n\n${stallVerdict(figures)}`);
  result['stall'] = { engine: engine.name, plan, figures };
}

if (positionals.includes('reconcile')) {
  const { formatReconcile, runReconcile } = await import('./reconcile/run-reconcile.ts');
  const rounds = [];
  for (const payments of options.payments.split(',').map(Number)) {
    console.log(`comparing ${payments} payments of nine days with a provider's list`);
    rounds.push(await runReconcile(payments));
  }
  console.log(`\n${formatReconcile(rounds)}`);
  result['reconcile'] = { rounds };
}

if (positionals.includes('soak')) {
  const { formatSoak, runSoak, soakVerdict } = await import('./soak/run-soak.ts');
  const plan = { perSecond: Number(options.rate), seconds: Number(options.seconds) };
  console.log(`${plan.perSecond} webhooks a second for ${plan.seconds} s, each until the shop was told`);
  const soak = await runSoak({ ...plan, pinning, nodeOptions: profiling });
  console.log(`\n${formatSoak(soak)}\n\n${soakVerdict(soak)}`);
  result['soak'] = { plan, ...soak };
}

if (positionals.includes('orders')) {
  const { formatOrders, ordersVerdict, runOrders } = await import('./orders/run-orders.ts');
  const plan = { orders: Number(options.events), warmUp: 1_000, atOnce: 32, pinning, nodeOptions: profiling };
  console.log(`${plan.orders} orders, ${plan.atOnce} at once`);
  const orders = await runOrders(plan);
  console.log(`\n${formatOrders(orders)}\n\n${ordersVerdict(orders)}`);
  result['orders'] = { plan, ...orders };
}

if (positionals.includes('burst')) {
  const { runBurst } = await import('./burst/run-burst.ts');
  const { burstVerdicts, formatBurst } = await import('./burst/burst-report.ts');
  const plan = { events: Number(options.burst), warmUp: 300, rounds: Number(options.rounds) };
  console.log(`sqlite: ${plan.events} webhooks at once, ${plan.rounds} rounds`);
  const burst = await runBurst({
    ...plan,
    onRound: (story, { messages, lastChangeMs, lastFactMs }) =>
      console.log(`  ${story}: ${messages} messages, ${Math.round(Math.max(lastChangeMs ?? 0, lastFactMs ?? 0))} ms`),
  });
  console.log(`\n${formatBurst(burst)}\n`);
  for (const verdict of burstVerdicts(burst, plan.events)) console.log(verdict);
  result['burst'] = { plan, ...burst };
}

/** Without a name, all that need no large database. */
function isWanted(part: 'intake' | 'process' | 'peers'): boolean {
  return !isNamed && (options.only === undefined || options.only === part);
}

const folder = new URL('./results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL(`${String(result['at']).replaceAll(':', '-')}.json`, folder);
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`\nwritten to ${file.pathname}`);
