import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ConcurrentChange } from '#kernel/database.ts';
import type { EventLog } from '#kernel/process.ts';
import { notFound, problem } from '../kit/problem.ts';

/** Answers for addresses without a route, and for what a route threw. */
export function installErrors(app: Hono, deps: { log: EventLog }): void {
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
    return problem({ status: 500, detail: 'Something went wrong on our side.' });
  });
}

/** The part after the provider's name in the path of a webhook is a secret. */
function withoutSecret(path: string): string {
  return path.replace(/^(\/webhooks\/[^/]+)\/.*$/s, '$1/…');
}
