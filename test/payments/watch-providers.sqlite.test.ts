import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaymentProvider } from '#payments/payment-provider.ts';
import { ProviderRejected } from '#payments/provider-errors.ts';
import { watchProviders } from '#payments/watch-providers.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createTestDeps, type TestDeps } from '#test/support/payment-looks.ts';
import { createScriptedProviders } from '#test/support/scripted-providers.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

/** BTCPay behind an open breaker; each probe is answered by the next status. */
function withProbes(statuses: (number | 'ok')[]): TestDeps {
  const made = createTestDeps(opened.database);
  const providers = createScriptedProviders(['btcpay'], made.clock);
  const scripted = providers.find('btcpay');
  if (scripted === undefined) throw new Error('btcpay is not on');
  const provider: PaymentProvider = {
    ...scripted,
    async probe() {
      const status = statuses.shift();
      if (status === 'ok' || status === undefined) return;
      const words = { provider: 'btcpay', operation: 'probe', code: null, message: `probe: HTTP ${status}` } as const;
      throw new ProviderRejected({ ...words, httpStatus: status });
    },
  };
  const health = (): ReturnType<typeof providers.health> => ({
    ...{ provider: 'btcpay', breaker: 'open', openedAt: 0, lastError: null, lastSuccessAt: null, dashboardUrl: null },
  });
  return { ...made, providers: { list: () => [provider], find: () => provider, health } };
}

const liveAlert = () => opened.database.read((stores) => stores.alerts.findLiveAlert('provider_down:btcpay'));

test('a provider that takes none of our keys rings, once, until it takes them', async () => {
  const deps = withProbes([401, 401, 'ok']);
  expect(await watchProviders(deps, {})).toEqual({ down: 1, recovered: 0 });
  expect((await liveAlert())?.facts.why).toBe('probe: HTTP 401');
  await watchProviders(deps, {});
  expect((await liveAlert())?.occurrences).toBe(1);
  expect(await watchProviders(deps, {})).toEqual({ down: 0, recovered: 1 });
  expect(await liveAlert()).toBeUndefined();
});

test('a provider that refuses for another reason answers, and rings nobody', async () => {
  expect(await watchProviders(withProbes([403]), {})).toEqual({ down: 0, recovered: 0 });
  expect(await liveAlert()).toBeUndefined();
});
