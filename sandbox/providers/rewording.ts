import type { MiddlewareHandler } from 'hono';

// A provider that says something new: every answer in JSON may be changed on its way out, as after a release of the
// provider's own that no documentation has told of.

/** Changes an answer in place or gives another one; `path` is without the query. */
export type Reword = (answer: unknown, call: { method: string; path: string }) => unknown;

export interface Rewording {
  /** Undefined: answers leave as they are. */
  set(reword: Reword | undefined): void;
  readonly middleware: MiddlewareHandler;
}

export function createRewording(): Rewording {
  let reword: Reword | undefined;
  return {
    set(next) {
      reword = next;
    },
    async middleware(context, next) {
      await next();
      const isJson = context.res.headers.get('content-type')?.includes('json') === true;
      if (reword === undefined || !isJson) return;
      const answer: unknown = await context.res.json();
      const { method, path } = context.req;
      const body = JSON.stringify(reword(answer, { method, path }) ?? answer);
      const { status, headers } = context.res;
      const kept = new Headers(headers);
      kept.delete('content-length');
      context.res = undefined;
      context.res = new Response(body, { status, headers: kept });
    },
  };
}
