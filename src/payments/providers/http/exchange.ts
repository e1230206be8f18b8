import axios, { type AxiosResponse } from 'axios';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { AttemptTimedOut } from '../../ports/provider-errors.ts';
import { JsonMalformed, parseExactJson } from './exact-json.ts';

export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Exactly these characters are sent, as UTF-8. */
  body?: string | undefined;
  timeoutMs: Milliseconds;
  answerMaxBytes: number;
  signal?: AbortSignal | undefined;
}

/** What one exchange over the wire gave; nothing of it is judged here. */
export type Exchange =
  | {
      kind: 'answer';
      status: number;
      retryAfter: string | undefined;
      /** When the answer was made, by the clock of who made it, to the second; undefined when it does not say. */
      sentAt: Milliseconds | undefined;
      body: JsonValue | undefined;
      wasEmpty: boolean;
    }
  /** `code` is the network's own where it tells more than that there was no answer: `ENOTFOUND`. */
  | { kind: 'no_answer'; reason: string; code: string | null }
  | { kind: 'abandoned' };

/** One request and its answer: no redirect is followed, no proxy is taken from the environment, all sizes are bounded. */
export async function exchange({ clock }: { clock: Clock }, request: ExchangeRequest): Promise<Exchange> {
  if (request.signal?.aborted) return { kind: 'abandoned' };
  const deadline = clock.deadline(request.timeoutMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  try {
    const answer = await axios.request<string>({
      method: request.method,
      url: request.url,
      headers: { Accept: 'application/json', 'User-Agent': 'tillkeeper/0.1', ...request.headers },
      data: request.body,
      signal,
      proxy: false,
      maxRedirects: 0,
      maxContentLength: request.answerMaxBytes,
      maxBodyLength: request.answerMaxBytes,
      responseType: 'text',
      // The bytes that were signed must be the bytes that are sent, and text must stay text.
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
    });
    return toExchange(answer);
  } catch (error) {
    const silence = { kind: 'no_answer', code: null } as const;
    if (request.signal?.aborted) {
      if (!(request.signal.reason instanceof AttemptTimedOut)) return { kind: 'abandoned' };
      return { ...silence, reason: 'no answer within its turn' };
    }
    if (deadline.aborted) return { ...silence, reason: `no answer within ${request.timeoutMs} ms` };
    return { ...silence, reason: describeFailure(error), code: codeOf(error) };
  }
}

function toExchange(answer: AxiosResponse<string>): Exchange {
  const retryAfter: unknown = answer.headers['retry-after'];
  return {
    kind: 'answer',
    status: answer.status,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    sentAt: readDate(answer.headers),
    body: parseOrUndefined(answer.data),
    wasEmpty: answer.data === '',
  };
}

/** Undefined also for an answer out of a cache: its date is that of another day. */
function readDate(headers: AxiosResponse['headers']): Milliseconds | undefined {
  const date: unknown = headers['date'];
  const time = typeof date === 'string' && headers['age'] === undefined ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof JsonMalformed) return undefined;
    throw error;
  }
}

/** A name that does not exist is told apart from a resolver that is in trouble itself (`EAI_AGAIN`). */
function codeOf(error: unknown): string | null {
  return axios.isAxiosError(error) && error.code === 'ENOTFOUND' ? error.code : null;
}

/** Only code and message are kept: the error of axios carries the request, and with it the credentials. */
function describeFailure(error: unknown): string {
  if (!axios.isAxiosError(error)) return error instanceof Error ? error.message : 'unknown failure';
  return [error.code, error.message].filter((part) => part !== undefined && part !== '').join(': ');
}
