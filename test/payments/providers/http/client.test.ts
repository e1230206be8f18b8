import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hour, readRetryAfter } from '#kernel/clock.ts';
import { readAsDecommissioned } from '#payments/ports/decommissioned-error.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { failureOf, good, openCalls, secret, timesOut } from '../support/http-rig.ts';
import { json, reset, silence } from '../support/scripted-server.ts';

describe('repeating', () => {
  test('goes on through resets, time-outs, 5xx, broken bodies and 429 until the answer is there', async () => {
    await using at = await openCalls([reset, timesOut, json(503, 'busy'), json(200, 'no json'), json(429, {}), good]);
    await expect(at.call()).resolves.toEqual({ value: { id: 'a' }, attempts: 6 });
    expect(at.calls.map(({ outcome }) => outcome)).toEqual([...Array(4).fill('unreachable'), 'rate_limited', 'ok']);
  });

  test('sends the same bytes on every attempt', async () => {
    await using at = await openCalls([reset, json(500, {}), good]);
    const body = '{"price":10.10,"text":"ü"}';
    await at.call({ body });
    expect(at.server.requests.map((request) => request.body)).toEqual([body, body, body]);
  });

  test('never happens for a call that was not declared repeatable', async () => {
    for (const fault of [reset, timesOut, json(500, {}), json(429, {}), json(200, 'no json')]) {
      await using at = await openCalls([fault, good]);
      await failureOf(at.call({ isRepeatable: false, body: '{}' }));
      expect(at.server.requests).toHaveLength(1);
    }
  });

  test('ends after the attempts that the policy allows, with the last failure', async () => {
    await using at = await openCalls([json(500, {})], { attemptsMax: 3 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable', httpStatus: 500 });
    expect(at.server.requests).toHaveLength(3);
  });

  test('ends when the time for the whole call would be over', async () => {
    await using at = await openCalls([json(503, {}, { 'retry-after': '4' })], { totalMs: 10_000 });
    await failureOf(at.call());
    expect(at.clock.slept).toEqual([4_000, 4_000]);
  });

  test('waits with full jitter below a doubling bound', async () => {
    await using at = await openCalls([json(500, {})], { attemptsMax: 5, firstDelayMs: 100, delayMaxMs: 300 });
    await failureOf(at.call());
    expect(at.clock.slept).toHaveLength(4);
    for (const [index, bound] of [100, 200, 300, 300].entries())
      expect(at.clock.slept[index]).toBeLessThanOrEqual(bound);
    expect(new Set(at.clock.slept).size).toBeGreaterThan(1);
  });
});

describe('Retry-After', () => {
  test('is obeyed in seconds', async () => {
    await using at = await openCalls([json(429, {}, { 'retry-after': '7' }), good]);
    await at.call();
    expect(at.clock.slept).toEqual([7_000]);
  });

  test('is handed to the caller when it is longer than we wait', async () => {
    await using at = await openCalls([json(429, {}, { 'retry-after': '120' }), good]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRateLimited', retryAfterMs: 120_000 });
    expect(at.clock.slept).toEqual([]);
  });

  test('is read as seconds or as an HTTP date, and nonsense is none', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    expect(readRetryAfter('30', now)).toBe(30_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 12:00:20 GMT', now)).toBe(20_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 11:00:00 GMT', now)).toBe(0);
    expect(readRetryAfter('999999999', now)).toBe(hour);
    expect(readRetryAfter('Sun, 22 Nov 2126 11:00:00 GMT', now)).toBe(hour);
    for (const text of [undefined, '', 'soon', '-1', '1.5', '2026-11-22']) expect(readRetryAfter(text, now)).toBeNull();
  });
});

describe('failures', () => {
  test('a refusal is ProviderRejected with the code of the provider, and is not repeated', async () => {
    await using at = await openCalls([json(400, { code: '4200', error: 'Amount too small' }), good]);
    const failure = await failureOf(at.call());
    expect(failure).toMatchObject({ name: 'ProviderRejected', code: '4200', httpStatus: 400 });
    expect(failure.message).toBe('fetch_payment: Amount too small');
    expect(at.server.requests).toHaveLength(1);
  });

  test('an error under status 200 is a refusal too', async () => {
    await using at = await openCalls([json(200, { code: '040107', error: 'Invalid invoice state' })]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', code: '040107' });
  });

  test.each([
    [{ id: 7.5 }, 'id "7.5"', { id: z.enum(['a']) }],
    [{ id: 'ON_HOLD' }, 'id "ON_HOLD"', { id: z.enum(['a']) }],
    [{ id: null }, 'id null', { id: z.string() }],
    [{}, 'id missing', { id: z.string() }],
    [{ id: ['a'] }, 'id (a list)', { id: z.string() }],
    [{ id: { of: 'a' } }, 'id (an object)', { id: z.string() }],
    [{ id: { of: ['a', 'b'] } }, 'id.of.1 "b"', { id: z.object({ of: z.array(z.literal('a')) }) }],
    [{ data: { id: null } }, 'id null', { data: z.object({ id: z.string() }) }],
    [{ data: 'a' }, 'data "a"', { data: z.object({ id: z.string() }) }],
    [[], 'form', { id: z.string() }],
    [
      { id: `${secret} and\nmore ${'x'.repeat(99)}` },
      `id "[secret] and more ${'x'.repeat(21)}…"`,
      { id: z.literal('a') },
    ],
  ])('an answer of %j is an answer that is not understood, and is not asked for again', async (body, what, shape) => {
    await using at = await openCalls([json(200, body), good], { breakerFailuresMax: 1 });
    const failure = await failureOf(at.call({ schema: z.object(shape) }));
    expect(failure).toMatchObject({ name: 'ProviderNotUnderstood', httpStatus: 200, what, paymentId: null });
    expect(failure.message).toBe(`fetch_payment: the answer is not understood: ${what}`);
    expect(at.server.requests).toHaveLength(1);
    expect(at.http.health()).toMatchObject({ breaker: 'closed', lastError: null, failingSince: null });
    expect(at.calls.map(({ outcome }) => outcome)).toEqual(['not_understood']);
  });

  test('where nothing is asked for, a 404 is a sign of life', async () => {
    const gone = json(404, { error: 'Object not found' });
    await using at = await openCalls([json(500, {}), gone, gone], { attemptsMax: 1 });
    await failureOf(at.call());
    expect(at.http.health().failingSince).not.toBeNull();
    await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ lastSuccessAt: null });
    await failureOf(at.call({ expectsNothing: true }));
    expect(at.http.health()).toMatchObject({ lastSuccessAt: expect.any(Number), failingSince: null });
  });

  test('an answer that is not understood ends a row of failures, as any answer does', async () => {
    await using at = await openCalls([json(500, {}), json(200, {}), json(500, {}), json(200, {})], {
      breakerFailuresMax: 2,
      attemptsMax: 1,
    });
    for (let count = 0; count < 4; count += 1) await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ breaker: 'closed', failingSince: null });
  });

  test('an answer that is no JSON is none: a page of a proxy says nothing about the payment', async () => {
    await using at = await openCalls([json(200, '<h1>Back soon</h1>')], { breakerFailuresMax: 2, attemptsMax: 2 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable' });
    expect(at.http.health()).toMatchObject({ breaker: 'open' });
  });

  test('408 is no answer and 401 is a refusal', async () => {
    await using at = await openCalls([json(408, {}), json(401, {})]);
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
  });

  test('silence is no answer once the time for one attempt is over', async () => {
    await using at = await openCalls([silence], { attemptsMax: 2, timeoutMs: 20, hasRealDeadlines: true });
    expect((await failureOf(at.call())).message).toBe('fetch_payment: no answer within 20 ms');
    expect(at.calls.map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable']);
  });

  test('a redirect is not followed', async () => {
    await using at = await openCalls([json(302, '', { location: '/elsewhere' })], { attemptsMax: 1 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable', httpStatus: 302 });
    expect(at.server.requests).toHaveLength(1);
  });

  test('an answer that is too large is cut off', async () => {
    await using at = await openCalls([json(200, { id: 'x'.repeat(5_000) })], { attemptsMax: 1, answerMaxBytes: 1_000 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderUnreachable' });
  });

  test('nothing that is secret is in the error, whatever the provider repeats', async () => {
    const words = `bad ${secret}, Authorization: Bearer abc.def.ghi, url ?token=zzz and eyJhbGciOi.eyJzdWIi.sig`;
    for (const answer of [json(400, { error: words }), json(500, { error: words }), reset]) {
      await using at = await openCalls([answer], { attemptsMax: 1 });
      const failure = await failureOf(at.call());
      const everything = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`;
      for (const leak of [secret, 'abc.def', 'zzz', 'eyJzdWIi']) expect(everything).not.toContain(leak);
    }
  });

  test('an abort ends the call at once, also while it waits', async () => {
    const controller = new AbortController();
    await using at = await openCalls([
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

test('a name that does not exist is told from an answer that does not come', async () => {
  await using at = await openCalls([reset], { attemptsMax: 1 });
  expect(readAsDecommissioned(await failureOf(at.call()))).toBeNull();
  const http = { provider: 'bitpay', operation: 'x', httpStatus: null, message: 'x' } as const;
  expect(readAsDecommissioned(new ProviderUnreachable({ ...http, code: 'ENOTFOUND' }))).toBe('name not found');
  expect(readAsDecommissioned(new ProviderUnreachable({ ...http, code: 'EAI_AGAIN' }))).toBeNull();
});
