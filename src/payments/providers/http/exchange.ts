import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { type HttpAnswer, type HttpClient, HttpFailure } from '#network/http-client.ts';
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

/** One request and its answer, with all sizes and the whole of its time bounded. */
export async function exchange(
  { clock, httpClient }: { clock: Clock; httpClient: HttpClient },
  { method, url, body, headers, signal, timeoutMs, answerMaxBytes }: ExchangeRequest,
): Promise<Exchange> {
  if (signal?.aborted) return { kind: 'abandoned' };
  const deadline = clock.deadline(timeoutMs);
  try {
    const answer = await httpClient.send({
      method,
      url,
      body,
      headers: { accept: 'application/json', 'user-agent': 'tillkeeper/0.1', ...headers },
      signals: signal === undefined ? [deadline] : [deadline, signal],
      answerMaxBytes,
      reads: 'text',
    });
    return toExchange(answer);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const silence = { kind: 'no_answer', code: null } as const;
    if (signal?.aborted) {
      if (!(signal.reason instanceof AttemptTimedOut)) return { kind: 'abandoned' };
      return { ...silence, reason: 'no answer within its turn' };
    }
    if (deadline.aborted) return { ...silence, reason: `no answer within ${timeoutMs} ms` };
    return { ...silence, reason: `${error.code}: ${error.message}`, code: codeOf(error) };
  }
}

function toExchange(answer: HttpAnswer): Exchange {
  return {
    kind: 'answer',
    status: answer.status,
    retryAfter: answer.header('retry-after'),
    sentAt: readDate(answer),
    body: parseOrUndefined(answer.text),
    wasEmpty: answer.text === '',
  };
}

/** Undefined also for an answer out of a cache: its date is that of another day. */
function readDate({ header }: HttpAnswer): Milliseconds | undefined {
  const date = header('date');
  const time = date !== undefined && header('age') === undefined ? Date.parse(date) : Number.NaN;
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
function codeOf({ code }: HttpFailure): string | null {
  return code === 'ENOTFOUND' ? code : null;
}
