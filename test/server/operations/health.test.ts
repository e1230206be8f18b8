import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kernel/clock.ts';
import { type Check, checkTimeoutMs, healthRoutes } from '#server/operations/health.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const fine: Check = { name: 'database', isVital: true, check: async () => ({ ok: true, detail: 'answers' }) };

function ask(input: { ready: Check[]; isStopping?: boolean; logged?: string[]; clock?: Clock }, path = '/readyz') {
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => void input.logged?.push(message),
  };
  const app = healthRoutes({
    live: [],
    ready: input.ready,
    isStopping: () => input.isStopping ?? false,
    instance: 'one',
    clock: input.clock ?? systemClock,
    log,
  });
  return app.request(path);
}

test('/livez says which process answers', async () => {
  const response = await ask({ ready: [] }, '/livez');
  expect(await response.json()).toEqual({ status: 'ok', product: 'tillkeeper', instance: 'one', checks: [] });
});

describe('/readyz', () => {
  test('is 200 and shows each check while every vital one is ok', async () => {
    const minor: Check = { name: 'btcpay', isVital: false, check: async () => ({ ok: false, detail: 'breaker open' }) };
    const response = await ask({ ready: [fine, minor] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      checks: [
        { name: 'database', ok: true, vital: true, detail: 'answers' },
        { name: 'btcpay', ok: false, vital: false, detail: 'breaker open' },
      ],
    });
  });

  test('is 503 when something vital is not', async () => {
    const response = await ask({ ready: [{ ...fine, check: async () => ({ ok: false, detail: 'gone' }) }, fine] });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'failing' });
  });

  test('keeps what a check threw for the log', async () => {
    const logged: string[] = [];
    const check = () => Promise.reject(new Error('postgres://till:secret@db refused'));
    const response = await ask({ ready: [{ ...fine, check }], logged });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('secret');
    expect(logged).toEqual(['health check failed']);
  });

  test('does not wait for a check that hangs', async () => {
    const clock = createTestClock();
    const isAsked = Promise.withResolvers<void>();
    const check: Check['check'] = () => {
      isAsked.resolve();
      return new Promise(() => undefined);
    };
    const asked = ask({ ready: [{ ...fine, check }], clock });
    await isAsked.promise;
    clock.advance(checkTimeoutMs);
    expect(await (await asked).json()).toMatchObject({ checks: [{ ok: false, detail: 'no answer within 2000 ms' }] });
  });

  test('is 503 while the process stops, and /livez is not', async () => {
    expect((await ask({ ready: [fine], isStopping: true })).status).toBe(503);
    expect((await ask({ ready: [fine], isStopping: true }, '/livez')).status).toBe(200);
  });

  test('runs the checks once for all who ask at the same time', async () => {
    let runs = 0;
    const { promise, resolve } = Promise.withResolvers<{ ok: boolean; detail: string }>();
    const slow: Check = {
      ...fine,
      check: () => {
        runs += 1;
        return promise;
      },
    };
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const app = healthRoutes({
      live: [],
      ready: [slow],
      isStopping: () => false,
      instance: 'one',
      clock: systemClock,
      log,
    });
    const asked = [1, 2, 3].map(() => app.request('/readyz'));
    resolve({ ok: true, detail: '' });
    expect((await Promise.all(asked)).map((response) => response.status)).toEqual([200, 200, 200]);
    expect(runs).toBe(1);
  });
});
