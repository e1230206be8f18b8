import type { MiddlewareHandler } from 'hono';
import type { Connection } from '../kit/connection.ts';
import { type CallEnv, targetOf } from './connection.ts';
import type { ApiCall } from './contract.ts';
import { type FaultSource, isLate } from './faults.ts';
import type { LateCalls } from './late-calls.ts';

// Runs before each provider's API: records every call and lets it fail as the faults demand.

const callsMax = 2_000;

export interface CallLog {
  readonly calls: readonly ApiCall[];
  note(call: ApiCall): void;
}

export function createCallLog(): CallLog {
  const calls: ApiCall[] = [];
  return {
    calls,
    note(call) {
      calls.push(call);
      if (calls.length > callsMax) calls.splice(0, calls.length - callsMax);
    },
  };
}

export interface FaultInjection {
  readonly faults: FaultSource;
  readonly log: CallLog;
  readonly late: LateCalls;
  readonly now: () => number;
  /** The provider's own error body for failures (500, 503) and for too many calls (429). */
  readonly errorBody: (status: 500 | 503 | 429) => string;
}

export function injectFaults(options: FaultInjection): MiddlewareHandler<CallEnv> {
  let fiveHundreds = 0;
  return async (context, next) => {
    const { connection } = context.env;
    context.env.arrivedAtMs = options.now();
    // Late calls that are due by now are executed first.
    if (options.late.release() > 0) await new Promise((resolve) => setImmediate(resolve));
    const fault = options.faults.nextApiFault({ method: context.req.method });
    const note = (call: Pick<ApiCall, 'wasExecuted' | 'status'>) =>
      options.log.note({
        atMs: options.now(),
        method: context.req.method,
        path: targetOf(context),
        fault,
        ...call,
      });

    if (fault === 'outage' || fault === 'reset') {
      note({ wasExecuted: false, status: undefined });
      return connection.cut();
    }
    if (fault === 'refusal') {
      const status = options.faults.controls.refuseWith;
      note({ wasExecuted: false, status });
      return new Response(`<h1>${status}</h1>`, { status, headers: { 'Content-Type': 'text/html' } });
    }
    if (fault === 'timeout_before') {
      note({ wasExecuted: false, status: undefined });
      return connection.hold();
    }
    if (fault === '429') {
      note({ wasExecuted: false, status: 429 });
      return new Response(options.errorBody(429), {
        status: 429,
        headers: {
          'Content-Type': 'application/json',
          'Retry-After': String(options.faults.controls.retryAfterSeconds),
        },
      });
    }
    if (fault === '5xx') {
      const answer = serverError(fiveHundreds++, options.errorBody);
      note({ wasExecuted: false, status: answer.status });
      return answer;
    }
    let lost: Response | Promise<Response> | undefined;
    if (isLate(fault)) {
      note({ wasExecuted: false, status: undefined });
      // The body goes with the connection, so that it is read first; whoever asks for it later gets it from here.
      await context.req.text();
      lost = loseAnswer(connection, fault);
      await options.late.until(options.now() + options.faults.controls.lateMs);
    }
    await next();
    note({ wasExecuted: true, status: context.res.status });
    if (isAfter(fault)) lost = loseAnswer(connection, fault);
    if (lost !== undefined) {
      context.res = undefined;
      context.res = await lost;
    }
    return undefined;
  };
}

function loseAnswer(connection: Connection, fault: ApiCall['fault']): Response | Promise<Response> {
  return fault === 'reset_after' || fault === 'reset_late' ? connection.cut() : connection.hold();
}

function isAfter(fault: ApiCall['fault']): boolean {
  return fault === 'reset_after' || fault === 'timeout_after';
}

/** Takes turns between the API's own 500 and 503 and the HTML of a proxy that lost its upstream. */
function serverError(turn: number, errorBody: FaultInjection['errorBody']): Response {
  if (turn % 3 === 1) {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
    return new Response(page, { status: 502, headers: { 'Content-Type': 'text/html' } });
  }
  const status = turn % 3 === 0 ? 503 : 500;
  return new Response(errorBody(status), { status, headers: { 'Content-Type': 'application/json' } });
}
