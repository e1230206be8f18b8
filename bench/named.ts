// The benchmarks that have a name: each prints its tables and returns what is written as JSON. What one needs is loaded when it is
// wanted: some put stand-ins in the place of the product's clients.
import type { Pinning } from './cores.ts';
import type { HistoryEngine } from './scale/engines/engine.ts';

export interface NamedOptions {
  seed: string;
  cache: string;
  screen: string;
  postgres?: string | undefined;
  small: string;
  orders: string;
  samples: string;
  events: string;
  rounds: string;
  'measure-ms': string;
  payments: string;
  rate: string;
  seconds: string;
  burst: string;
  concurrency: string;
  'idle-ms': string;
  queues: string;
}

export interface NamedInput {
  options: NamedOptions;
  profiling: readonly string[];
}

const pinning: Pinning = 'not pinned';

export const named: Readonly<Record<string, (input: NamedInput) => Promise<object>>> = {
  async scale({ options }) {
    // Loaded when it is wanted: it puts a stand-in in the place of the HTTP client of the bots.
    const { runScale } = await import('./scale/run-scale.ts');
    const { formatScale, scaleVerdicts } = await import('./scale/scale-report.ts');
    const { seed, screen } = options;
    const engine = await engineOf(options);
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
    return { engine: engine.name, plan, ...scale };
  },

  async drain({ options, profiling }) {
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
    return { engine, plan, ...drain };
  },

  async stall({ options }) {
    const { runStall } = await import('./stall/run-stall.ts');
    const { formatStall, stallVerdict } = await import('./stall/stall-report.ts');
    const { seed, screen } = options;
    const engine = await engineOf(options);
    const plan = { seed, only: screen, orders: Number(options.orders), measureMs: Number(options['measure-ms']) };
    console.log(`\n${engine.name}: intake with ${plan.orders} orders, a webhook every 25 ms`);
    const figures = await runStall(engine, {
      ...plan,
      onActivity: ({ name, p99Ms, workedP99Ms }) =>
        console.log(`  ${name}: p99 ${p99Ms.toFixed(0)} ms, worked ${workedP99Ms.toFixed(0)} ms`),
    });
    console.log(`\n${formatStall(figures)}\n\n${stallVerdict(figures)}`);
    return { engine: engine.name, plan, figures };
  },

  async reconcile({ options }) {
    const { formatReconcile, runReconcile } = await import('./reconcile/run-reconcile.ts');
    const rounds = [];
    for (const payments of options.payments.split(',').map(Number)) {
      console.log(`comparing ${payments} payments of nine days with a provider's list`);
      rounds.push(await runReconcile(payments));
    }
    console.log(`\n${formatReconcile(rounds)}`);
    return { rounds };
  },

  async soak({ options, profiling }) {
    const { formatSoak, runSoak, soakVerdict } = await import('./soak/run-soak.ts');
    const plan = { perSecond: Number(options.rate), seconds: Number(options.seconds) };
    console.log(`${plan.perSecond} webhooks a second for ${plan.seconds} s, each until the shop was told`);
    const soak = await runSoak({ ...plan, pinning, nodeOptions: profiling });
    console.log(`\n${formatSoak(soak)}\n\n${soakVerdict(soak)}`);
    return { plan, ...soak };
  },

  async orders({ options, profiling }) {
    const { formatOrders, ordersVerdict, runOrders } = await import('./orders/run-orders.ts');
    const plan = { orders: Number(options.events), warmUp: 1_000, atOnce: 32, pinning, nodeOptions: profiling };
    console.log(`${plan.orders} orders, ${plan.atOnce} at once`);
    const orders = await runOrders(plan);
    console.log(`\n${formatOrders(orders)}\n\n${ordersVerdict(orders)}`);
    return { plan, ...orders };
  },

  async burst({ options }) {
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
    return { plan, ...burst };
  },

  async file({ options }) {
    const { runFile } = await import('./file/run-file.ts');
    const { fileVerdicts, formatFile } = await import('./file/file-report.ts');
    const { seed, postgres } = options;
    const plan = { seed, postgres, orders: Number(options.orders), events: Number(options.events) };
    const figures = await runFile(await engineOf(options), plan);
    console.log(`${formatFile(figures, plan)}\n`);
    for (const verdict of fileVerdicts(figures, plan)) console.log(verdict);
    return { plan, ...figures };
  },

  async start({ options }) {
    const { runProcess } = await import('./process/run-process.ts');
    const { formatProcess, processVerdicts } = await import('./report.ts');
    const orders = Number(options.orders);
    const kept = await (await engineOf(options)).keep({ orders, seed: options.seed });
    const copy = await kept.copy();
    const plan = { orders, rounds: Number(options.rounds), idleMs: Number(options['idle-ms']) };
    console.log(`start with ${orders} orders, ${plan.rounds} times, then idle for ${plan.idleMs / 1_000} s`);
    try {
      const figures = await runProcess({
        ...plan,
        pinning,
        databaseUrl: copy.databaseUrl,
        onRun: ({ readyMs, processorMs, idleMegabytes }) =>
          console.log(
            `  ready after ${Math.round(readyMs)} ms, ${processorMs} of processor; ${Math.round(idleMegabytes)} MB idle`,
          ),
      });
      console.log(`\n${formatProcess(figures)}\n`);
      for (const verdict of processVerdicts(figures)) console.log(verdict);
      return { plan, ...figures };
    } finally {
      await copy.remove();
    }
  },

  async jobs({ options, profiling }) {
    const { contestantNames, isContestant } = await import('./jobs/contestants.ts');
    const { runJobs } = await import('./jobs/run-jobs.ts');
    const { formatJobs, jobsVerdicts } = await import('./jobs/jobs-report.ts');
    const chosen = options.queues.split(',').filter(isContestant);
    const plan = {
      names: chosen.length === 0 ? contestantNames : chosen,
      ...{ jobs: Number(options.events), warmUp: 500 },
      ...{ concurrency: Number(options.concurrency), rounds: Number(options.rounds) },
    };
    console.log(`${plan.jobs} jobs that do nothing, ${plan.concurrency} at once, ${plan.rounds} rounds`);
    const rounds = await runJobs({
      ...plan,
      pinning,
      nodeOptions: profiling,
      onRound: ({ name, jobs, ms }) => console.log(`  ${name}: ${Math.round((jobs * 1_000) / ms)}/s`),
    });
    console.log(`\n${formatJobs(rounds)}\n`);
    for (const verdict of jobsVerdicts(rounds)) console.log(verdict);
    return { plan, rounds };
  },
};

async function engineOf({ cache, postgres }: NamedOptions): Promise<HistoryEngine> {
  const { createSqliteEngine } = await import('./scale/engines/sqlite-engine.ts');
  const { createPostgresEngine } = await import('./scale/engines/postgres-engine.ts');
  return postgres === undefined ? createSqliteEngine(cache) : createPostgresEngine(postgres);
}
