import type { ZodType } from 'zod';
import { type Milliseconds, readRetryAfter } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { JsonValue } from '#kernel/json.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import {
  type ProviderError,
  ProviderNotUnderstood,
  ProviderRateLimited,
  ProviderRejected,
  ProviderUnreachable,
} from '../../ports/provider-errors.ts';
import type { Verdict } from './breaker.ts';
import type { Exchange } from './exchange.ts';
import { describeFault } from './fault.ts';

// What one exchange means: for the caller (a value, or who failed), for the breaker, and for the next attempt.

export type CallOutcome =
  | 'ok'
  | 'not_understood'
  | 'rejected'
  | 'unreachable'
  | 'rate_limited'
  | 'breaker_open'
  | 'decommissioned';

export interface Failure {
  error: ProviderError;
  /** Whether the same request may fare better next time. */
  mayRepeat: boolean;
  /** How long the provider asks us to wait. */
  retryAfterMs: Milliseconds | null;
}

export type Attempt<T> = { verdict: Verdict; outcome: CallOutcome } & (
  | { kind: 'ok'; value: T }
  | ({ kind: 'failed' } & Failure)
);

export interface AnswerReader {
  provider: ProviderName;
  redact(text: string): string;
  findError(body: JsonValue, status: number): { code: string | null; message: string } | undefined;
}

/** What a call expects to hear. */
export interface Expected<T> {
  operation: string;
  schema: ZodType<T>;
  /** Finds our payment id in a body that does not fit the schema. */
  findPaymentId?: ((body: JsonValue) => PaymentId | null) | undefined;
}

export function judgeExchange<T>(
  reader: AnswerReader,
  about: Expected<T> & { result: Exchange; now: Milliseconds },
): Attempt<T> {
  const { operation, result } = about;
  const { provider } = reader;
  if (result.kind === 'abandoned') {
    const attempt = failUnreachable(provider, { operation, message: 'abandoned before the answer came' });
    return { ...attempt, verdict: 'neutral', mayRepeat: false };
  }
  if (result.kind === 'no_answer') {
    return failUnreachable(provider, { operation, message: reader.redact(result.reason), code: result.code });
  }
  const { status } = result;
  const found = result.body === undefined ? undefined : reader.findError(result.body, status);
  const code = found?.code ?? null;
  const message = reader.redact(found?.message ?? `HTTP ${status}`);
  const retryAfterMs = readRetryAfter(result.retryAfter, about.now);
  const facts = { provider, operation, code, httpStatus: status, message: `${operation}: ${message}` };
  if (status === 429) {
    const error = new ProviderRateLimited({ ...facts, retryAfterMs });
    return { kind: 'failed', error, mayRepeat: true, retryAfterMs, verdict: 'good', outcome: 'rate_limited' };
  }
  const isOk = status >= 200 && status < 300;
  const isRefusal = isOk ? found !== undefined : status >= 400 && status < 500 && status !== 408;
  if (isRefusal) {
    const error = new ProviderRejected(facts);
    // Without keys that it takes the provider is as good as down; any other refusal shows that it is there.
    const verdict = status === 401 ? 'bad' : 'good';
    return { kind: 'failed', error, mayRepeat: false, retryAfterMs: null, verdict, outcome: 'rejected' };
  }
  if (!isOk) return { ...failUnreachable(provider, { operation, status, code, message }), retryAfterMs };
  return readValue(reader, { ...about, result });
}

function readValue<T>(
  reader: AnswerReader,
  about: Expected<T> & { result: Extract<Exchange, { kind: 'answer' }> },
): Attempt<T> {
  const { provider } = reader;
  const { operation, result } = about;
  const body = result.wasEmpty ? null : result.body;
  const parsed = about.schema.safeParse(body);
  if (parsed.success) return { kind: 'ok', value: parsed.data, verdict: 'good', outcome: 'ok' };
  // A page of a proxy, or of a maintenance, is not the provider's answer, and nothing at all is none.
  if (result.body === undefined) {
    return failUnreachable(provider, { operation, status: result.status, message: 'the answer is not JSON' });
  }
  const what = describeFault(parsed.error, { body, redact: reader.redact });
  const message = `${operation}: the answer is not understood: ${what}`;
  const facts = { provider, operation, code: null, httpStatus: result.status, message, what };
  const error = new ProviderNotUnderstood({ ...facts, paymentId: about.findPaymentId?.(result.body) ?? null });
  return { kind: 'failed', error, mayRepeat: false, retryAfterMs: null, verdict: 'good', outcome: 'not_understood' };
}

/** Nothing went out: the last calls all failed, or the provider is decommissioned. */
export function failNotAsked(
  provider: ProviderName,
  about: { operation: string; outcome: 'breaker_open' | 'decommissioned' },
): Attempt<never> {
  const { operation, outcome } = about;
  const why = outcome === 'decommissioned' ? 'it is decommissioned' : 'the last calls all failed';
  const attempt = failUnreachable(provider, { operation, message: `not asked, because ${why}`, wasAsked: false });
  return { ...attempt, mayRepeat: false, outcome };
}

export function failUnreachable(
  provider: ProviderName,
  about: { operation: string; message: string; status?: number; code?: string | null; wasAsked?: boolean },
) {
  const { operation, status = null, code = null, wasAsked = true } = about;
  const message = `${operation}: ${about.message}`;
  return {
    kind: 'failed',
    verdict: 'bad',
    outcome: 'unreachable',
    error: new ProviderUnreachable({ provider, operation, code, httpStatus: status, message, wasAsked }),
    mayRepeat: true,
    retryAfterMs: null,
  } as const satisfies Attempt<never>;
}
