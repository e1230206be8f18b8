// Every answer that is not a success is a problem document (RFC 9457), whatever went wrong and wherever. What the sender
// did is said to the sender; what we did is said to the log only.
import { STATUS_CODES } from 'node:http';
import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ConcurrentChange } from '#kernel/database.ts';
import type { EventLog } from '#kernel/events.ts';
import type { JsonObject } from '#kernel/json.ts';

/** One thing that is wrong with a request: where (a JSON pointer into the body, or a parameter's name), and what. */
export type Fault = { pointer: string; detail: string } | { parameter: string; detail: string };

export interface Problem {
  status: number;
  /** A sentence for people. */
  detail: string;
  /** A word for programs, where the status alone does not say enough. */
  code?: string;
  errors?: readonly Fault[];
  /** Further members of the document. */
  members?: JsonObject;
  headers?: Record<string, string>;
}

export const problemContentType = 'application/problem+json';

export function problem(input: Problem): Response {
  const { status, detail, code, errors } = input;
  const title = STATUS_CODES[status] ?? 'Error';
  const document = { type: 'about:blank', title, status, detail, code, ...input.members, errors };
  const headers = { 'content-type': problemContentType, 'cache-control': 'no-store', ...input.headers };
  return new Response(JSON.stringify(document), { status, headers });
}

export function notFound(): Response {
  return problem({ status: 404, detail: 'There is nothing at this address.' });
}

export function tooLarge(maxBytes: number): Response {
  // The rest of the body is not read, so the connection cannot be used again.
  const headers = { connection: 'close' };
  return problem({ status: 413, detail: `The body may have at most ${maxBytes} bytes.`, headers });
}

export function brokenBody(): Response {
  return problem({ status: 400, detail: 'The body did not arrive whole.', headers: { connection: 'close' } });
}

/** Trouble of ours that may be over soon. */
export function unavailable(input: { detail: string; retryAfterSeconds: number }): Response {
  return problem({
    status: 503,
    detail: input.detail,
    headers: { 'retry-after': String(input.retryAfterSeconds) },
  });
}

/** Answers 405 on this path for every method that has no handler yet; call it after the handlers. */
export function refuseOtherMethods(app: Hono, input: { path: string; allowed: readonly string[] }): void {
  const allow = input.allowed.join(', ');
  app.all(input.path, () =>
    problem({ status: 405, detail: `This address answers to ${allow} only.`, headers: { allow } }),
  );
}

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

/** What follows a provider's name in a webhook's path is a secret. */
function withoutSecret(path: string): string {
  return path.replace(/^(\/webhooks\/[^/]+)\/.*$/s, '$1/…');
}
