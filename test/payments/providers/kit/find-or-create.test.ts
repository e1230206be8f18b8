import { expect, test } from 'vitest';
import { ProviderRateLimited, ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { defaultHttpPolicy } from '#payments/providers/http/policy.ts';
import { findOrCreate } from '#payments/providers/kit/find-or-create.ts';
import { seededRandom, testClock } from '../support/scripted-server.ts';

const failure = { provider: 'btcpay', operation: 'x', code: null, httpStatus: null, message: 'x' } as const;

function runFindOrCreate(outcomes: { finds: (string | undefined)[]; acts: (string | Error)[] }) {
  const clock = testClock();
  const done = { finds: 0, acts: 0 };
  const result = findOrCreate(
    { clock, random: seededRandom(), policy: { ...defaultHttpPolicy, attemptsMax: 3 } },
    {
      find: async () => outcomes.finds[done.finds++],
      async act() {
        const outcome = outcomes.acts[Math.min(done.acts++, outcomes.acts.length - 1)] ?? 'acted';
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
  );
  return { result, done, clock };
}

test('what was done already is not done again', async () => {
  const { result, done } = runFindOrCreate({ finds: ['found'], acts: [] });
  expect(await result).toBe('found');
  expect(done.acts).toBe(0);
});

test('after a lost answer the result is searched for before the command is sent again', async () => {
  const { result, done } = runFindOrCreate({ finds: [undefined, 'found'], acts: [new ProviderUnreachable(failure)] });
  expect(await result).toBe('found');
  expect(done).toEqual({ finds: 2, acts: 1 });
});

test('a refusal is final, and so is the last attempt', async () => {
  const refusedAt = runFindOrCreate({ finds: [], acts: [new ProviderRejected(failure)] });
  await expect(refusedAt.result).rejects.toBeInstanceOf(ProviderRejected);
  expect(refusedAt.done.acts).toBe(1);
  const lost = runFindOrCreate({ finds: [], acts: [new ProviderUnreachable(failure)] });
  await expect(lost.result).rejects.toBeInstanceOf(ProviderUnreachable);
  expect(lost.done.acts).toBe(3);
});

test('what was not asked, because the breaker opened meanwhile, is not asked again and again', async () => {
  const { result, done, clock } = runFindOrCreate({
    finds: [],
    acts: [new ProviderUnreachable({ ...failure, wasAsked: false })],
  });
  await expect(result).rejects.toBeInstanceOf(ProviderUnreachable);
  expect(done.acts).toBe(1);
  expect(clock.slept).toEqual([]);
});

test('a provider that asks us to wait is waited for, unless it asks for too long', async () => {
  const short = runFindOrCreate({
    finds: [],
    acts: [new ProviderRateLimited({ ...failure, retryAfterMs: 8_000 }), 'acted'],
  });
  expect(await short.result).toBe('acted');
  expect(short.clock.slept).toEqual([8_000]);
  const long = runFindOrCreate({ finds: [], acts: [new ProviderRateLimited({ ...failure, retryAfterMs: 80_000 })] });
  await expect(long.result).rejects.toMatchObject({ retryAfterMs: 80_000 });
  expect(long.done.acts).toBe(1);
});
