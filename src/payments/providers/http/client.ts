import { type Clock, clockDifference, type Milliseconds, minute, momentOf } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { HttpClient } from '#network/http-client.ts';
import { readAsDecommissioned } from '../../ports/decommissioned-error.ts';
import type { DecommissionedProviders } from '../../ports/decommissioned-providers.ts';
import { failureWords } from '../../ports/failure-words.ts';
import type { ProviderHealth } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import {
  type AnswerReader,
  type Attempt,
  type CallOutcome,
  type Expected,
  type Failure,
  failNotAsked,
  judgeExchange,
} from './answer.ts';
import { createBreaker } from './breaker.ts';
import { exchange } from './exchange.ts';
import { fullJitter, type HttpPolicy } from './policy.ts';
import { createMessageRedactor } from './redact.ts';

// The one way out to providers. A call is one to `attemptsMax` attempts; each attempt passes the breaker, and only calls
// that were declared repeatable are repeated, because a create whose answer was lost may have been executed.

/** One attempt, for metrics. */
export interface ProviderCall {
  provider: ProviderName;
  operation: string;
  outcome: CallOutcome;
  durationMs: Milliseconds;
}

export interface ProviderHttpDeps {
  clock: Clock;
  httpClient: HttpClient;
  random: Random;
  log: EventLog;
  policy: HttpPolicy;
  onCall?: ((call: ProviderCall) => void) | undefined;
  /** The providers that no call goes out to any more; without it calls go out to all. */
  decommissioned?: DecommissionedProviders | undefined;
}

export interface ProviderHttpOptions {
  provider: ProviderName;
  /** Whatever must never be in a message. */
  secrets: readonly string[];
  /** Finds the provider's own error in a body; called with every answer, because some errors come with status 200. */
  findError: AnswerReader['findError'];
}

export interface HttpCall<T> extends Expected<T> {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  /** The exact text of the body, the same on every attempt. */
  body?: string | undefined;
  /** Asked for on every attempt, so that a signature may carry a fresh time. */
  headers: () => Readonly<Record<string, string>>;
  /** True for reads and for commands that act once however often they arrive. */
  isRepeatable: boolean;
  /** It asks for what does not exist: a 404 is the answer. */
  expectsNothing?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface ProviderHttp {
  /** Throws ProviderRejected, ProviderUnreachable, ProviderRateLimited or ProviderNotUnderstood. */
  call<T>(call: HttpCall<T>): Promise<{ value: T; attempts: number }>;
  health(): Omit<ProviderHealth, 'dashboardUrl'>;
}

/** An attempt that ends so long after its time was over shows that this process stood still, and nothing of the provider. */
const standstillMinMs: Milliseconds = minute;

export function createProviderHttp(deps: ProviderHttpDeps, options: ProviderHttpOptions): ProviderHttp {
  const { clock, log, policy } = deps;
  const { provider } = options;
  const reader: AnswerReader = { ...options, redact: createMessageRedactor(options.secrets) };
  let lastError: string | null = null;
  let lastSuccessAt: Milliseconds | null = null;
  let failingSince: Milliseconds | null = null;
  let clockAheadMs: Milliseconds | undefined;
  const breaker = createBreaker(clock, {
    failuresMax: policy.breakerFailuresMax,
    openMs: policy.breakerOpenMs,
    onOpen: () => log.warn('provider breaker opened', { provider, lastError }),
    onClose: () => log.info('provider breaker closed', { provider }),
  });

  async function send<T>(call: HttpCall<T>, timeoutMs: Milliseconds): Promise<Attempt<T>> {
    const { answerMaxBytes } = policy;
    const startedAt = clock.now();
    const beganAt = clock.elapsed();
    const result = await exchange(deps, { ...call, headers: call.headers(), timeoutMs, answerMaxBytes });
    if (result.kind === 'answer' && result.sentAt !== undefined) {
      clockAheadMs = clockDifference({ serverTime: result.sentAt, startedAt, endedAt: clock.now() }) ?? clockAheadMs;
    }
    const judged = judgeExchange(reader, { ...call, result, now: clock.now() });
    const stoodStill = result.kind === 'no_answer' && clock.elapsed() - beganAt > timeoutMs + standstillMinMs;
    const attempt: Attempt<T> = stoodStill ? { ...judged, verdict: 'neutral' } : judged;
    const isAnswered = attempt.kind === 'ok' || (call.expectsNothing === true && isNotFound(attempt));
    if (isAnswered) lastSuccessAt = clock.elapsed();
    if (attempt.kind === 'failed' && attempt.verdict === 'bad') lastError = failureWords(attempt.error);
    const service = isAnswered ? 'served' : serviceOf(attempt);
    if (service === 'served') failingSince = null;
    if (service === 'failed') failingSince ??= beganAt;
    return attempt;
  }

  async function attemptOnce<T>(call: HttpCall<T>, timeoutMs: Milliseconds): Promise<Attempt<T>> {
    const beganAt = clock.elapsed();
    const { operation } = call;
    const attempt =
      deps.decommissioned?.mayAsk(provider) === false
        ? failNotAsked(provider, { operation, outcome: 'decommissioned' })
        : ((await breaker.run(() => send(call, timeoutMs))) ??
          failNotAsked(provider, { operation, outcome: 'breaker_open' }));
    const { outcome } = attempt;
    deps.onCall?.({ provider, operation, outcome, durationMs: clock.elapsed() - beganAt });
    return attempt;
  }

  return {
    call: (call) => callUntilKnown(deps, { call, attempt: (timeoutMs) => attemptOnce(call, timeoutMs) }),
    health: () => ({
      provider,
      breaker: breaker.state,
      openedAt: breaker.openedAt,
      lastError: breaker.openedAt === null ? null : lastError,
      lastSuccessAt: lastSuccessAt === null ? null : momentOf(clock, lastSuccessAt),
      failingSince: failingSince === null ? null : momentOf(clock, failingSince),
      retiredAt: deps.decommissioned?.since(provider) ?? null,
      clockAheadMs,
    }),
  };
}

/**
 * Whether the provider served us. A 404 with an error of its own is unclear: the provider answers, but this one payment may be
 * unknown, or the provider may have closed.
 */
function serviceOf(attempt: Attempt<unknown>): 'served' | 'failed' | 'unclear' {
  if (attempt.kind === 'ok') return 'served';
  if (attempt.verdict === 'neutral') return 'unclear';
  if (attempt.verdict === 'bad') return 'failed';
  if (readAsDecommissioned(attempt.error) === null) return 'served';
  return isNotFound(attempt) && attempt.error.code !== null ? 'unclear' : 'failed';
}

function isNotFound(attempt: Attempt<unknown>): boolean {
  return attempt.kind === 'failed' && attempt.error instanceof ProviderRejected && attempt.error.httpStatus === 404;
}

/** Repeats a call as long as that is allowed, may help and fits into its bounds. */
async function callUntilKnown<T>(
  deps: ProviderHttpDeps,
  input: { call: HttpCall<T>; attempt: (timeoutMs: Milliseconds) => Promise<Attempt<T>> },
): Promise<{ value: T; attempts: number }> {
  const { clock, policy, random } = deps;
  const { call } = input;
  const endsAt = clock.elapsed() + policy.totalMs;

  /** Waits as long as it should; false when the call is to be given up. */
  async function waitForNext({ mayRepeat, retryAfterMs }: Failure, attempts: number): Promise<boolean> {
    if (!call.isRepeatable || !mayRepeat || attempts >= policy.attemptsMax) return false;
    if (retryAfterMs !== null && retryAfterMs > policy.retryAfterMaxMs) return false;
    const waitMs = Math.max(retryAfterMs ?? 0, fullJitter(policy, { attempt: attempts, random }));
    if (clock.elapsed() + waitMs >= endsAt) return false;
    await clock.pause(waitMs, call.signal);
    return call.signal?.aborted !== true;
  }

  let sent: Failure | undefined;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = await input.attempt(Math.max(1, Math.min(policy.timeoutMs, endsAt - clock.elapsed())));
    if (attempt.kind === 'ok') return { value: attempt.value, attempts };
    // Where the breaker opens between two attempts the call was sent all the same, and failed as that attempt did.
    if (attempt.outcome !== 'breaker_open') sent = attempt;
    if (!(await waitForNext(attempt, attempts))) throw (sent ?? attempt).error;
  }
}
