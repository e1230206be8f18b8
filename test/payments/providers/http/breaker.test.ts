import { describe, expect, test } from 'vitest';
import { hour } from '#kernel/clock.ts';
import { readAsDecommissioned } from '#payments/ports/decommissioned-error.ts';
import { createDecommissionedProviders } from '#payments/ports/decommissioned-providers.ts';
import { AttemptTimedOut } from '#payments/ports/provider-errors.ts';
import { defaultHttpPolicy } from '#payments/providers/http/policy.ts';
import { failureOf, good, openCalls, timesOut } from '../support/http-rig.ts';
import { type Answer, json } from '../support/scripted-server.ts';

describe('the breaker', () => {
  test('opens when the provider accepts none of our keys, so that the watch over providers notices it', async () => {
    await using at = await openCalls([json(401, {}), json(401, {})], { breakerFailuresMax: 2 });
    expect(await failureOf(at.call())).toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
    expect(at.http.health().breaker).toBe('closed');
    await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ breaker: 'open', lastError: 'it does not accept our key (HTTP 401)' });
  });

  test('stays closed over other refusals', async () => {
    await using at = await openCalls([json(404, {}), json(403, {}), json(422, {})], { breakerFailuresMax: 1 });
    for (let call = 0; call < 3; call += 1) await failureOf(at.call());
    expect(at.http.health().breaker).toBe('closed');
  });

  test('opens after failures in a row, lets nothing through, and closes after a good probe', async () => {
    await using at = await openCalls([json(500, {}), json(500, {}), json(500, {}), good], {
      attemptsMax: 1,
      breakerFailuresMax: 3,
    });
    for (let count = 0; count < 3; count += 1) await failureOf(at.call());
    const openedAt = at.clock.now();
    expect(at.http.health()).toMatchObject({ breaker: 'open', openedAt });
    expect(at.http.health().lastError).toBe('it has an error of its own (HTTP 500)');
    at.clock.set(openedAt + defaultHttpPolicy.breakerOpenMs - 1);
    await failureOf(at.call());
    expect(at.server.requests).toHaveLength(3);
    expect(at.calls.at(-1)?.outcome).toBe('breaker_open');

    at.clock.set(openedAt + defaultHttpPolicy.breakerOpenMs);
    await at.call();
    expect(at.http.health()).toMatchObject({ breaker: 'closed', openedAt: null, lastError: null });
    expect(at.log.events.map(({ message }) => message)).toEqual(['provider breaker opened', 'provider breaker closed']);
  });

  test('opens again when the probe fails, and keeps the time at which the failures began', async () => {
    await using at = await openCalls([json(500, {})], { attemptsMax: 1, breakerFailuresMax: 1 });
    await failureOf(at.call());
    const openedAt = at.clock.now();
    at.clock.set(openedAt + 60_000);
    await failureOf(at.call());
    expect(at.server.requests).toHaveLength(2);
    expect(at.http.health()).toMatchObject({ breaker: 'open', openedAt });
    await failureOf(at.call());
    expect(at.server.requests).toHaveLength(2);
  });

  test('that opens between two attempts of a call does not make it one that was never sent', async () => {
    await using at = await openCalls([json(500, {})], { breakerFailuresMax: 1 });
    for (const requests of [1, 2]) {
      expect(await failureOf(at.call())).toMatchObject({ wasAsked: true, httpStatus: 500 });
      expect(at.server.requests).toHaveLength(requests);
      expect(await failureOf(at.call())).toMatchObject({ wasAsked: false, httpStatus: null });
      at.clock.set(at.clock.now() + defaultHttpPolicy.breakerOpenMs);
    }
  });

  test('lets one probe through, and calls made meanwhile follow its result', async () => {
    const seen: unknown[] = [];
    const probed: Answer = (response, request) => {
      seen.push(at.http.health().breaker);
      good(response, request);
    };
    await using at = await openCalls([json(500, {}), probed], { attemptsMax: 1, breakerFailuresMax: 1 });
    await failureOf(at.call());
    at.clock.set(at.clock.now() + defaultHttpPolicy.breakerOpenMs);
    await Promise.all([at.call(), at.call(), at.call()]);
    expect(seen).toEqual(['half_open', 'closed', 'closed']);
  });

  test('is open for as long as it should be, whatever is done to the wall clock', async () => {
    await using at = await openCalls([json(500, {}), good], { attemptsMax: 1, breakerFailuresMax: 1 });
    await failureOf(at.call());
    at.clock.set(at.clock.now() - hour);
    expect(at.http.health().openedAt).toBe(at.clock.now());
    await failureOf(at.call());
    expect(at.server.requests).toHaveLength(1);
    at.clock.set(at.clock.now() + defaultHttpPolicy.breakerOpenMs);
    await at.call();
    expect(at.http.health().breaker).toBe('closed');
  });

  test('is not opened by refusals, by rate limits or by calls that we gave up', async () => {
    const given = new AbortController();
    await using at = await openCalls([json(404, {}), json(429, {}), json(400, {}), () => given.abort()], {
      attemptsMax: 1,
      breakerFailuresMax: 1,
    });
    for (let count = 0; count < 3; count += 1) await failureOf(at.call());
    await failureOf(at.call({ signal: given.signal }));
    expect(at.server.requests).toHaveLength(4);
    expect(at.http.health().breaker).toBe('closed');
  });
});

describe('an attempt whose time is over', () => {
  test('counts as no answer, unlike a call that nobody wants any more', async () => {
    const turn = new AbortController();
    await using at = await openCalls([() => turn.abort(new AttemptTimedOut())], {
      attemptsMax: 1,
      breakerFailuresMax: 1,
    });
    expect((await failureOf(at.call({ signal: turn.signal }))).message).toBe(
      'fetch_payment: no answer within its turn',
    );
    expect(at.http.health().breaker).toBe('open');
  });

  test('sends nothing more', async () => {
    await using at = await openCalls([good], { breakerFailuresMax: 1 });
    const turn = AbortSignal.abort(new AttemptTimedOut());
    await failureOf(at.call({ signal: turn }));
    expect(at.server.requests).toHaveLength(0);
    expect(at.http.health().breaker).toBe('closed');
  });
});

describe('what the calls show of the provider', () => {
  const statuses = (...all: number[]) => all.map((status) => json(status, {}));

  test('is failing since the first call that was not served, until one is', async () => {
    await using at = await openCalls([json(500, {}), json(500, {}), good, json(401, {})], { attemptsMax: 1 });
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

  test('is not told by a call that went on far beyond its time: this process stood still', async () => {
    const sleepsThrough: Answer = (response, request) => {
      at.clock.set(at.clock.now() + hour);
      timesOut(response, request);
    };
    await using at = await openCalls([sleepsThrough, timesOut], { attemptsMax: 1, breakerFailuresMax: 1 });
    await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ breaker: 'closed', failingSince: null });
    await failureOf(at.call());
    expect(at.http.health()).toMatchObject({ breaker: 'open', failingSince: at.clock.now() });
  });

  test.each([400, 409, 422, 429])('is served by a %i: it is there', async (status) => {
    await using at = await openCalls([json(500, {}), ...statuses(status)], { attemptsMax: 1 });
    await failureOf(at.call());
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBeNull();
  });

  test.each([401, 403, 404, 410])('is not served by a bare %i', async (status) => {
    await using at = await openCalls(statuses(status), { attemptsMax: 1 });
    expect(readAsDecommissioned(await failureOf(at.call()))).toBe(`HTTP ${status}`);
    expect(at.http.health().failingSince).toBe(at.clock.now());
  });

  test('stays as it was when one payment is not known, in the words of the provider', async () => {
    const unknown = json(404, { code: '010000', error: 'Object not found' });
    await using at = await openCalls([unknown, json(500, {}), unknown], { attemptsMax: 1 });
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBeNull();
    await failureOf(at.call());
    await failureOf(at.call());
    expect(at.http.health().failingSince).toBe(at.clock.now());
  });
});

describe('a decommissioned provider', () => {
  test('is not called, except by the probe that shows whether it is back', async () => {
    const retired = createDecommissionedProviders();
    await using at = await openCalls([good], {}, retired);
    retired.set('bitpay', 1_000);
    const failure = await failureOf(at.call());
    expect(failure).toMatchObject({ name: 'ProviderUnreachable', wasAsked: false });
    expect(failure.message).toBe('fetch_payment: not asked, because it is decommissioned');
    expect(at.server.requests).toHaveLength(0);
    expect(at.http.health().retiredAt).toBe(1_000);
    expect(at.calls.map(({ outcome }) => outcome)).toEqual(['decommissioned']);
    await retired.askAnyway('bitpay', () => at.call());
    expect(at.server.requests).toHaveLength(1);
    await failureOf(at.call());
    retired.set('bitpay', null);
    await at.call();
    expect(at.server.requests).toHaveLength(2);
  });
});
