// A provider that misbehaves while a customer waits: the next one makes the link, within the same request.
import { expect, test } from 'vitest';
import { second } from '#kernel/clock.ts';
import type { FaultKind } from '#sandbox/providers/contract.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const kinds: FaultKind[] = ['timeout_before', '5xx', 'reset', 'timeout_after'];

test.each(kinds)('a provider whose every answer is a %s is left for the next one within one request', async (kind) => {
  await using app = await openAppFixture({ providerPolicy: { attemptsMax: 2, timeoutMs: 1_500 } });
  app.sandbox.faults('coinbase').set({ failRate: 1, failKinds: [kind] });
  const answer = await app.tryOrder({ provider: 'auto' });
  expect(answer.status).toBe(201);
  expect(answer.json.payment?.provider).toBe('bitpay');
  expect(answer.json.payment?.checkout_url).toMatch(/^http/);
});

test('a provider that hangs has its share of a customer’s time and no more', {
  timeout: 60 * second,
}, async () => {
  await using app = await openAppFixture({ providerPolicy: { timeoutMs: 30 * second, totalMs: 60 * second } });
  app.sandbox.faults('coinbase').set({ failRate: 1, failKinds: ['timeout_before'] });
  const startedAt = performance.now();
  const order = await app.placeOrder({ provider: 'auto' });
  const tookMs = performance.now() - startedAt;
  expect(order.provider).toBe('bitpay');
  // Its share of twenty-five seconds, because the others are left; one that hangs alone would take thirty.
  expect(tookMs).toBeGreaterThan((24 * second) / providersThat('canCreate').length);
  expect(tookMs).toBeLessThan(25 * second);
});

test('a breaker that opens in the middle of a request ends the wait there, and the next request does not even begin it', async () => {
  await using app = await openAppFixture({ providerPolicy: { breakerFailuresMax: 2, breakerOpenMs: 60 * second } });
  app.sandbox.faults('coinbase').set({ failRate: 1, failKinds: ['5xx'] });
  expect((await app.placeOrder({ provider: 'auto' })).provider).toBe('bitpay');
  const commands = () => app.sandbox.callLog('coinbase').filter(({ method }) => method === 'POST').length;
  const asked = commands();
  expect(asked).toBeLessThanOrEqual(2);
  const shown = await app.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toMatch(/Coinbase 🔴 (not called: too many failures|away) since/);
  for (let order = 0; order < 3; order += 1) {
    expect((await app.placeOrder({ provider: 'auto' })).provider).toBe('bitpay');
  }
  expect(commands()).toBe(asked);
});

test('a provider that is back is the first choice again by itself', async () => {
  await using app = await openAppFixture();
  const faults = app.sandbox.faults('coinbase');
  faults.set({ outage: true });
  expect((await app.placeOrder({ provider: 'auto' })).provider).toBe('bitpay');
  faults.set({ outage: false });
  const isBack = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    return (await app.placeOrder({ provider: 'auto' })).provider === 'coinbase';
  };
  await awaitUntil(isBack, { what: 'Coinbase as the first choice' });
});
