import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { ApiCall, FaultKind } from './contract.ts';
import type { FaultSource } from './faults.ts';

// Stands before each provider's API: notes every call and lets it fail as the faults demand.

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

export interface GateOptions {
  readonly faults: FaultSource;
  readonly log: CallLog;
  readonly now: () => number;
  /** The provider's own way to say that it is in trouble (500, 503) or that there were too many calls (429). */
  readonly errorBody: (status: 500 | 503 | 429) => string;
}

type Sockets = { Bindings: HttpBindings };

export function faultGate(options: GateOptions): MiddlewareHandler<Sockets> {
  let fiveHundreds = 0;
  return async (context, next) => {
    const { incoming } = context.env;
    const fault = options.faults.nextApiFault();
    const note = (call: Pick<ApiCall, 'wasExecuted' | 'status'>) =>
      options.log.note({
        atMs: options.now(),
        method: context.req.method,
        path: incoming.url ?? '',
        fault,
        ...call,
      });

    if (fault === 'outage' || fault === 'reset') {
      note({ wasExecuted: false, status: undefined });
      return cutOff(context.env);
    }
    if (fault === 'timeout_before') {
      note({ wasExecuted: false, status: undefined });
      return neverAnswer(context.env);
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
    await next();
    note({ wasExecuted: true, status: context.res.status });
    if (isAfter(fault)) {
      context.res = undefined;
      context.res = fault === 'reset_after' ? cutOff(context.env) : await neverAnswer(context.env);
    }
    return undefined;
  };
}

function isAfter(fault: FaultKind | undefined): boolean {
  return fault === 'reset_after' || fault === 'timeout_after';
}

/** Takes turns between the API's own 500 and 503 and the HTML of a proxy that lost its upstream. */
function serverError(turn: number, errorBody: GateOptions['errorBody']): Response {
  if (turn % 3 === 1) {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
    return new Response(page, { status: 502, headers: { 'Content-Type': 'text/html' } });
  }
  const status = turn % 3 === 0 ? 503 : 500;
  return new Response(errorBody(status), { status, headers: { 'Content-Type': 'application/json' } });
}

function cutOff({ incoming }: HttpBindings): Response {
  incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** Holds the connection until the client gives up or the sandbox stops and closes it. */
function neverAnswer({ outgoing }: HttpBindings): Promise<Response> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) return resolve(RESPONSE_ALREADY_SENT);
    outgoing.once('close', () => resolve(RESPONSE_ALREADY_SENT));
  });
}
