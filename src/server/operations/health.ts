import { Hono } from 'hono';
import { type Clock, withinTime } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';
import { refuseOtherMethods } from '../kit/problem.ts';
import { shared } from '../kit/shared.ts';

/** A check that takes longer has failed: the monitor that calls has a time-out too. */
export const checkTimeoutMs = 2_000;

export interface Check {
  name: string;
  /** Whether its failure makes the answer 503; a check that is not vital is only shown. */
  isVital: boolean;
  /** `detail` is a sentence without secrets: the answer is public. */
  check(): Promise<{ ok: boolean; detail: string; isUnknown?: true }>;
}

export interface HealthRoutesDeps {
  /** Checks whose failure calls for a restart; they depend on nothing outside the process. */
  live: readonly Check[];
  /** Checks that show whether the process can do its work. */
  ready: readonly Check[];
  /** While it stops, the process is alive and not ready. */
  isStopping(): boolean;
  /** The id of this process, so that a probe of PUBLIC_URL shows where it leads. */
  instance: string;
  clock: Clock;
  log: EventLog;
}

interface CheckResult {
  name: string;
  ok: boolean;
  vital: boolean;
  detail: string;
  durationMs: number;
}

export function healthRoutes(deps: HealthRoutesDeps): Hono {
  const app = new Hono();
  const live = shared(() => runAll(deps.live, deps));
  const ready = shared(() => runAll(deps.ready, deps));
  app.get('/livez', async () => report(await live(), { product: 'tillkeeper', instance: deps.instance }));
  app.get('/readyz', async () => report([...(await ready()), ...(deps.isStopping() ? [stopping] : [])]));
  for (const path of ['/livez', '/readyz']) refuseOtherMethods(app, { path, allowed: ['GET', 'HEAD'] });
  return app;
}

const stopping: CheckResult = { name: 'process', ok: false, vital: true, detail: 'is stopping', durationMs: 0 };

type RunDeps = Pick<HealthRoutesDeps, 'clock' | 'log'>;

function runAll(checks: readonly Check[], deps: RunDeps): Promise<CheckResult[]> {
  return Promise.all(checks.map((check) => runOne(check, deps)));
}

async function runOne(check: Check, { clock, log }: RunDeps): Promise<CheckResult> {
  const startedAt = performance.now();
  const outcome = await withinTime(clock, attempt(check, log), {
    ms: checkTimeoutMs,
    late: () => ({ ok: false, detail: `no answer within ${checkTimeoutMs} ms` }),
  });
  const durationMs = Math.round(performance.now() - startedAt);
  return { name: check.name, ok: outcome.ok, vital: check.isVital, detail: outcome.detail, durationMs };
}

async function attempt(check: Check, log: EventLog): Promise<{ ok: boolean; detail: string }> {
  try {
    return await check.check();
  } catch (error) {
    log.error('health check failed', { check: check.name }, error);
    // The message may name hosts or accounts; it belongs to the log.
    return { ok: false, detail: 'failed; the log says why' };
  }
}

function report(checks: CheckResult[], about: object = {}): Response {
  const isOk = checks.every((check) => check.ok || !check.vital);
  const body = JSON.stringify({ status: isOk ? 'ok' : 'failing', ...about, checks });
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return new Response(body, { status: isOk ? 200 : 503, headers });
}
