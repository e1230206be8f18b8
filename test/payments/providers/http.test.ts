import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { goneAs } from '#payments/outages/gone.ts';
import { createRetiredProviders, type RetiredProviders } from '#payments/outages/retired-providers.ts';
import { type ProviderError, ProviderUnreachable, TurnOver } from '#payments/provider-errors.ts';
import type { ProviderCall } from '#payments/providers/http.ts';
import { createProviderHttp } from '#payments/providers/http.ts';
import { defaultHttpPolicy, type HttpPolicy, readRetryAfter } from '#payments/providers/http-policy.ts';
import { type Answer, json, recordingLog, reset, scriptedServer, seededRandom, silence, testClock } from './support.ts';

const secret = 'very-secret-token-123';
const schema = z.object({ id: z.string() });
const good = json(200, { id: 'a' });

// A busy machine may take any time to answer. So no deadline runs by the wall clock: one is over when the script says so.
let lastDeadline: AbortController | undefined;
beforeEach(() => {
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    lastDeadline = new AbortController();
    return lastDeadline.signal;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  lastDeadline = undefined;
});

/** The request has come, no answer goes out, and the time for it is over. */
const timesOut: Answer = () => {
  if (lastDeadline === undefined) throw new Error('nobody waits for an answer');
  lastDeadline.abort(new DOMException('the time is over', 'TimeoutError'));
};

async function setUp(script: Answer[], policy: Partial<HttpPolicy> = {}, retired?: RetiredProviders) {
  const server = await scriptedServer(...script);
  const clock = testClock();
  const log = recordingLog();
  const calls: ProviderCall[] = [];
  const http = createProviderHttp(
    {
      clock,
      log,
      random: seededRandom(),
      policy: { ...defaultHttpPolicy, ...policy },
      onCall: (call) => calls.push(call),
      retired,
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
    await using at = await setUp([reset, timesOut, json(503, 'busy'), json(200, 'no json'), json(429, {}), good]);
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
    for (const fault of [reset, timesOut, json(500, {}), json(429, {}), json(200, 'no json')]) {
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

  test('silence is no answer once the time for one attempt is over', async () => {
    vi.restoreAllMocks();
    await using at = await setUp([silence], { attemptsMax: 2, timeoutMs: 20 });
    expect((await failureOf(at.call())).message).toBe('fetch_payment: no answer within 20 ms');
    expect(at.calls.map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable']);
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
    const given = new AbortController();
    await using at = await setUp([json(404, {}), json(429, {}), json(400, {}), () => given.abort()], {
      attemptsMax: 1,
      breakerFailuresMax: 1,
    });
    for (let count = 0; count < 3; count += 1) await failureOf(at.call());
    await failureOf(at.call({ signal: given.signal }));
    expect(at.server.requests).toHaveLength(4);
    expect(at.http.health().breaker).toBe('closed');
  });
});

describe('a turn that is over', () => {
  test('counts as no answer, unlike a call that nobody wants any more', async () => {
    const turn = new AbortController();
    await using at = await setUp([() => turn.abort(new TurnOver())], { attemptsMax: 1, breakerFailuresMax: 1 });
    expect((await failureOf(at.call({ signal: turn.signal }))).message).toBe(
      'fetch_payment: no answer within its turn',
    );
    expect(at.http.health().breaker).toBe('open');
  });

  test('sends nothing more', async () => {
    await using at = await setUp([good], { breakerFailuresMax: 1 });
    const turn = AbortSignal.abort(new TurnOver());
    await failureOf(at.call({ signal: turn }));
    expect(at.server.requests).toHaveLength(0);
    expect(at.http.health().breaker).toBe('closed');
  });
});

describe('what the calls show of the provider', () => {
  const statuses = (...all: number[]) => all.map((status) => json(status, {}));

  test('is failing since the first call that was not served, until one is', async () => {
    await using at = await setUp([json(500, {}), json(500, {}), good, json(401, {})], { attemptsMax: 1 });
    const startedAt = at.clock.now();
    await failureOf(at.call());
    at.clock.set(startedAt + 60_000);
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBe(startedAt);
    await at.call();
    expect(at.http.health()).toMatchObject({ failingSince: null, lastSuccessAt: startedAt + 60_000 });
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBe(startedAt + 60_000);
  });

  test.each([400, 409, 422, 429])('is served by a %i: it is there', async (status) => {
    await using at = await setUp([json(500, {}), ...statuses(status)], { attemptsMax: 1 });
    await failureOf(at.call());
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBeNull();
  });

  test.each([401, 403, 404, 410])('is not served by a bare %i', async (status) => {
    await using at = await setUp(statuses(status), { attemptsMax: 1 });
    expect(goneAs(await failureOf(at.call()))).toBe(`HTTP ${status}`);
    expect(at.http.health().failingSince).toBe(at.clock.now());
  });

  test('stays as it was when one payment is not known, in the words of the provider', async () => {
    const unknown = json(404, { code: '010000', error: 'Object not found' });
    await using at = await setUp([unknown, json(500, {}), unknown], { attemptsMax: 1 });
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBeNull();
    await failureOf(at.call());
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBe(at.clock.now());
  });
});

describe('a provider that is taken for gone', () => {
  test('is not asked, whatever for, except for the one question whether it is back', async () => {
    const retired = createRetiredProviders();
    await using at = await setUp([good], {}, retired);
    retired.set('bitpay', 1_000);
    const failure = await failureOf(at.call());
    expect(failure).toMatchObject({ name: 'ProviderUnreachable', wasAsked: false });
    expect(failure.message).toBe('fetch_payment: not asked, because it is taken for gone');
    expect(at.server.requests).toHaveLength(0);
    expect(at.http.health().retiredAt).toBe(1_000);
    expect(at.calls.map(({ outcome }) => outcome)).toEqual(['retired']);
    await retired.askAnyway('bitpay', () => at.call());
    expect(at.server.requests).toHaveLength(1);
    await failureOf(at.call());
    retired.set('bitpay', null);
    await at.call();
    expect(at.server.requests).toHaveLength(2);
  });
});

test('a name that does not exist is told from an answer that does not come', async () => {
  await using at = await setUp([reset], { attemptsMax: 1 });
  expect(goneAs(await failureOf(at.call()))).toBeNull();
  const http = { provider: 'bitpay', operation: 'x', httpStatus: null, message: 'x' } as const;
  expect(goneAs(new ProviderUnreachable({ ...http, code: 'ENOTFOUND' }))).toBe('name not found');
  expect(goneAs(new ProviderUnreachable({ ...http, code: 'EAI_AGAIN' }))).toBeNull();
});
