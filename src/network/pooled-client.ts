import { Agent } from 'undici';
import { type Milliseconds, second } from '#kernel/clock.ts';
import { createAnswerReader } from './answer-reader.ts';
import { canceled, toHttpFailure } from './failure.ts';
import type { CreateHttpClient, HttpAnswer, HttpRequest } from './http-client.ts';

// Requests go to undici's dispatcher itself: what it offers above that makes a stream of each body, for which an answer of a few
// hundred bytes pays twice. docs/decisions/2026-11-30-http-through-undici.md

/** A host that does not even take the connection is not waited for until the end of the exchange's own time. */
const connectMaxMs: Milliseconds = 10 * second;

export const createHttpClient: CreateHttpClient = ({ connectionsMax, idleMs }) => {
  const agent = new Agent({
    connections: connectionsMax,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    connect: { timeout: connectMaxMs },
    // One connection carries one exchange, so that the end of one never ends another.
    allowH2: false,
    pipelining: 1,
    // The signals of each request bound its time.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { send: (request) => sendThrough(agent, request) };
};

function sendThrough(agent: Agent, request: HttpRequest): Promise<HttpAnswer> {
  const { signals } = request;
  if (signals.some(({ aborted }) => aborted)) return Promise.reject(canceled());
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(toHttpFailure(error));
    const reader = createAnswerReader(request, {
      onAnswer: resolve,
      onFailure: fail,
      onEnd() {
        for (const signal of signals) signal.removeEventListener('abort', reader.cancel);
      },
    });
    for (const signal of signals) signal.addEventListener('abort', reader.cancel);
    try {
      agent.dispatch(toDispatch(request), reader.handler);
    } catch (error) {
      fail(error);
    }
  });
}

function toDispatch({ method, url, headers, body }: HttpRequest): Agent.DispatchOptions {
  const { origin, pathname, search } = new URL(url);
  return {
    origin,
    path: pathname + search,
    method,
    headers: { ...headers, 'accept-encoding': 'gzip' },
    body: body ?? null,
  };
}
