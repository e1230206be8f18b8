import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ProviderError } from '#payments/provider-errors.ts';
import type { ProviderCall } from '#payments/providers/http.ts';
import { createProviderHttp } from '#payments/providers/http.ts';
import { defaultHttpPolicy, type HttpPolicy, readRetryAfter } from '#payments/providers/http-policy.ts';
import { type Answer, json, recordingLog, reset, scriptedServer, seededRandom, silence, testClock } from './support.ts';

const secret = 'very-secret-token-123';
const schema = z.object({ id: z.string() });
const good = json(200, { id: 'a' });

async function setUp(script: Answer[], policy: Partial<HttpPolicy> = {}) {
  const server = await scriptedServer(...script);
  const clock = testClock();
  const log = recordingLog();
  const calls: ProviderCall[] = [];
  const http = createProviderHttp(
    {
      clock,
      log,
      random: seededRandom(),
      policy: { ...defaultHttpPolicy, timeoutMs: 80, ...policy },
      onCall: (call) => calls.push(call),
    },
    {
      provider: 'bitpay',
      secrets: [secret],
      findError: (body) => {
        const parsed = z.object({ code: z.string().nullish(), error: z.string() }).safeParse(body);
        return parsed.success ? { code: parsed.data.code ?? null, message: parsed.data.error } : undefined;
      },
    },
  );
  const call = (about: { isRepeatable?: boolean; signal?: AbortSignal; body?: string } = {}) =>
    http.call({
      operation: 'fetch_payment',
      method: about.body === undefined ? 'GET' : 'POST',
      url: `${server.url}/path?token=${secret}`,
      headers: () => ({ Authorization: `Bearer ${secret}` }),
      isRepeatable: true,
      schema,
      ...about,
    });
  return { server, clock, log, calls, http, call, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  return promise.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error as ProviderError,
  );
}

describe('repeating', () => {
  test('goes on through resets, time-outs, 5xx, broken bodies and 429 until the answer is there', async () => {
    await using at = await setUp([reset, silence, json(503, 'busy'), json(200, 'no json'), json(429, {}), good]);
    await expect(at.call()).resolves.toEqual({ value: { id: 'a' }, attempts: 6 });
    expect(at.calls.map(({ outcome }) => outcome)).toEqual([...Array(4).fill('unreachable'), 'rate_limited', 'ok']);
  });

  test('sends the same bytes on every attempt', async () => {
    await using at = await setUp([reset, json(500, {}), good]);
    const body = '{"price":10.10,"text":"ü"}';
    await at.call({ body });
    expect(at.server.requests.map((request) => request.body)).toEqual([body, body, body]);
  });

  test('never happens for a call that was not declared repeatable', async () => {
    for (const fault of [reset, silence, json(500, {}), json(429, {}), json(200, 'no json')]) {
      await using at = await setUp([fault, good]);
      await failureOf(at.call({ isRepeatable: false, body: '{}' }));
      expect(at.server.requests).toHaveLength(1);
    }
  });

  test('ends after the attempts that the policy allows, with the last failure', async () => {
    await using at = await setUp([json(500, {})], { attemptsMax: 3 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable', httpStatus: 500 });
    expect(at.server.requests).toHaveLength(3);
  });

  test('ends when the time for the whole call would be over', async () => {
    await using at = await setUp([json(503, {}, { 'retry-after': '4' })], { totalMs: 10_000 });
    await failureOf(at.call());
    expect(at.clock.slept).toEqual([4_000, 4_000]);
  });

  test('waits with full jitter below a doubling bound', async () => {
    await using at = await setUp([json(500, {})], { attemptsMax: 5, firstDelayMs: 100, delayMaxMs: 300 });
    await failureOf(at.call());
    expect(at.clock.slept).toHaveLength(4);
    for (const [index, bound] of [100, 200, 300, 300].entries())
      expect(at.clock.slept[index]).toBeLessThanOrEqual(bound);
    expect(new Set(at.clock.slept).size).toBeGreaterThan(1);
  });
});

describe('Retry-After', () => {
  test('is obeyed in seconds', async () => {
    await using at = await setUp([json(429, {}, { 'retry-after': '7' }), good]);
    await at.call();
    expect(at.clock.slept).toEqual([7_000]);
  });

  test('is handed to the caller when it is longer than we wait', async () => {
    await using at = await setUp([json(429, {}, { 'retry-after': '120' }), good]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRateLimited', retryAfterMs: 120_000 });
    expect(at.clock.slept).toEqual([]);
  });

  test('is read as seconds or as an HTTP date, and nonsense is none', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    expect(readRetryAfter('30', now)).toBe(30_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 12:00:20 GMT', now)).toBe(20_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 11:00:00 GMT', now)).toBe(0);
    for (const text of [undefined, '', 'soon', '-1', '1.5', '2026-11-22']) expect(readRetryAfter(text, now)).toBeNull();
  });
});

describe('failures', () => {
  test('a refusal is ProviderRejected with the code of the provider, and is not repeated', async () => {
    await using at = await setUp([json(400, { code: '4200', error: 'Amount too small' }), good]);
    const failure = await failureOf(at.call());
    expect(failure).toMatchObject({ name: 'ProviderRejected', code: '4200', httpStatus: 400 });
    expect(failure.message).toBe('fetch_payment: Amount too small');
    expect(at.server.requests).toHaveLength(1);
  });

  test('an error under status 200 is a refusal too', async () => {
    await using at = await setUp([json(200, { code: '040107', error: 'Invalid invoice state' })]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', code: '040107' });
  });

  test('408 is no answer and 401 is a refusal', async () => {
    await using at = await setUp([json(408, {}), json(401, {})]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
  });

  test('a redirect is not followed', async () => {
    await using at = await setUp([json(302, '', { location: '/elsewhere' })], { attemptsMax: 1 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable', httpStatus: 302 });
    expect(at.server.requests).toHaveLength(1);
  });

  test('an answer that is too large is cut off', async () => {
    await using at = await setUp([json(200, { id: 'x'.repeat(5_000) })], { attemptsMax: 1, answerMaxBytes: 1_000 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable' });
  });

  test('nothing that is secret is in the error, whatever the provider repeats', async () => {
    const words = `bad ${secret}, Authorization: Bearer abc.def.ghi, url ?token=zzz and eyJhbGciOi.eyJzdWIi.sig`;
    for (const answer of [json(400, { error: words }), json(500, { error: words }), reset]) {
      await using at = await setUp([answer], { attemptsMax: 1 });
      const failure = await failureOf(at.call());
      const everything = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`;
      for (const leak of [secret, 'abc.def', 'zzz', 'eyJzdWIi']) expect(everything).not.toContain(leak);
    }
  });

  test('an abort ends the call at once, also while it waits', async () => {
    const controller = new AbortController();
    await using at = await setUp([
      (response, request) => {
        controller.abort();
        json(500, {})(response, request);
      },
      good,
    ]);
    expect(await failureOf(at.call({ signal: controller.signal }))).toMatchObject({ name: 'ProviderUnreachable' });
    expect(at.server.requests).toHaveLength(1);
  });
});

describe('the breaker', () => {
  test('opens when the provider takes none of our keys, so that the watch over providers hears of it', async () => {
    await using at = await setUp([json(401, {}), json(401, {})], { breakerFailuresMax: 2 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
    expect(at.http.health().breaker).toBe('closed');
    await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ breaker: 'open', lastError: 'fetch_payment: HTTP 401' });
  });

  test('stays closed over other refusals', async () => {
    await using at = await setUp([json(404, {}), json(403, {}), json(422, {})], { breakerFailuresMax: 1 });
    for (let call = 0; call < 3; call += 1) await failureOf(at.call());
    expect(at.http.health().breaker).toBe('closed');
  });

  test('opens after failures in a row, lets nothing through, and closes after a good probe', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await using at = await setUp([json(500, {}), json(500, {}), json(500, {}), good], {
        attemptsMax: 1,
        breakerFailuresMax: 3,
      });
      for (let count = 0; count < 3; count += 1) await failureOf(at.call());
      expect(at.http.health()).toMatchObject({ breaker: 'open', openedAt: at.clock.now() });
      expect(at.http.health().lastError).toBe('fetch_payment: HTTP 500');
      await failureOf(at.call());
      expect(at.server.requests).toHaveLength(3);
      expect(at.calls.at(-1)?.outcome).toBe('breaker_open');

      vi.setSystemTime(Date.now() + defaultHttpPolicy.breakerOpenMs);
      await at.call();
      expect(at.http.health()).toMatchObject({ breaker: 'closed', openedAt: null, lastError: null });
      expect(at.log.events.map(({ message }) => message)).toEqual([
        'provider breaker opened',
        'provider breaker closed',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('opens again when the probe fails, and keeps the time at which the trouble began', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await using at = await setUp([json(500, {})], { attemptsMax: 1, breakerFailuresMax: 1 });
      await failureOf(at.call());
      const openedAt = at.clock.now();
      at.clock.set(openedAt + 60_000);
      vi.setSystemTime(Date.now() + 60_000);
      await failureOf(at.call());
      expect(at.server.requests).toHaveLength(2);
      expect(at.http.health()).toMatchObject({ breaker: 'open', openedAt });
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not opened by refusals, by rate limits or by calls that we gave up', async () => {
    await using at = await setUp([json(404, {}), json(429, {}), json(400, {}), silence], {
      attemptsMax: 1,
      breakerFailuresMax: 1,
    });
    for (let count = 0; count < 3; count += 1) await failureOf(at.call());
    await failureOf(at.call({ signal: AbortSignal.timeout(10) }));
    expect(at.http.health().breaker).toBe('closed');
  });
});
