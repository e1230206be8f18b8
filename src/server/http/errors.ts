import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ConcurrentChange } from '#kernel/database.ts';
import type { EventLog } from '#kernel/process.ts';
import { notFound, problem, unavailable } from '../kit/problem.ts';

/** A lock, a fail-over or a full disk is over in moments, or somebody is told of it. */
const retryAfterSeconds = 5;

export interface ErrorDeps {
  log: EventLog;
  /** Whether the error says that the database failed, and not what was asked of it. */
  isDatabaseFailure(error: unknown): boolean;
}

/** Answers for addresses without a route, and for what a route threw. */
export function installErrors(app: Hono, deps: ErrorDeps): void {
  app.notFound(() => notFound());
  app.onError((error, context) => {
    if (error instanceof HTTPException && error.status < 500) {
      return problem({ status: error.status, detail: 'The request was refused.' });
    }
    if (error instanceof ConcurrentChange) {
      const detail = 'Another request changed this meanwhile: send it again.';
      return problem({ status: 409, code: 'concurrent_change', detail, headers: { 'retry-after': '1' } });
    }
    deps.log.error('request failed', { method: context.req.method, route: withoutSecret(context.req.path) }, error);
    if (deps.isDatabaseFailure(error)) {
      const detail = 'Nothing can be read or stored right now: send the same request again.';
      return unavailable({ detail, retryAfterSeconds });
    }
    return problem({ status: 500, detail: 'Something went wrong on our side.' });
  });
}

/** The part after the provider's name in the path of a webhook is a secret. */
function withoutSecret(path: string): string {
  return path.replace(/^(\/webhooks\/[^/]+)\/.*$/s, '$1/…');
}
