import { expect, test } from 'vitest';
import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { chooseProvider } from '#payments/collect/choose-provider.ts';
import type { BreakerState, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const taken: Partial<Record<ProviderName, string[]>> = {
  coinbase: ['USD'],
  bitpay: ['USD', 'EUR'],
  btcpay: ['USD', 'EUR'],
};
const scripted = createScriptedProviders(['coinbase', 'bitpay', 'btcpay'], createTestClock());
const listed = scripted.list().map((provider) => ({
  ...provider,
  quote: (money: Money) => (taken[provider.name]?.includes(money.currency) ? provider.quote(money) : undefined),
}));

function registry(breakers: Partial<Record<ProviderName, BreakerState>> = {}): ProviderRegistry {
  return {
    list: () => listed,
    find: (name) => listed.find((each) => each.name === name),
    health: (name) => {
      const health = scripted.health(name);
      return health && { ...health, breaker: breakers[name] ?? 'closed' };
    },
  };
}

const dollars = { amountMinor: 4900, currency: 'USD' };
const namesOf = (choice: ReturnType<typeof chooseProvider>) =>
  choice.kind === 'none' ? choice : choice.candidates.map(({ name }) => name);

test('auto takes who can take the money, in the order of configuration', () => {
  expect(namesOf(chooseProvider(registry(), { provider: 'auto', money: dollars }))).toEqual([
    'coinbase',
    'bitpay',
    'btcpay',
  ]);
  const euros = { amountMinor: 4900, currency: 'EUR' };
  expect(namesOf(chooseProvider(registry(), { provider: 'auto', money: euros }))).toEqual(['bitpay', 'btcpay']);
});

test('auto begins with the preferred one, unless it is down', () => {
  const wanted = { provider: 'auto', money: dollars, prefer: 'btcpay' } as const;
  expect(namesOf(chooseProvider(registry(), wanted))).toEqual(['btcpay', 'coinbase', 'bitpay']);
  expect(namesOf(chooseProvider(registry({ btcpay: 'open' }), wanted))).toEqual(['coinbase', 'bitpay']);
});

test('a provider that is asked for by name is taken also while it is down, and refused for what it cannot take', () => {
  const named = { provider: 'coinbase', money: dollars } as const;
  expect(namesOf(chooseProvider(registry({ coinbase: 'open' }), named))).toEqual(['coinbase']);
  const euros = { amountMinor: 4900, currency: 'EUR' };
  expect(namesOf(chooseProvider(registry(), { ...named, money: euros }))).toEqual({
    kind: 'none',
    isTemporary: false,
    code: 'provider_cannot_take',
    provider: 'coinbase',
    money: euros,
  });
});

test('without a provider that can take the money, or that is available, the reason says which', () => {
  const yen = { amountMinor: 4900, currency: 'JPY' };
  expect(namesOf(chooseProvider(registry(), { provider: 'auto', money: yen }))).toEqual({
    kind: 'none',
    isTemporary: false,
    code: 'no_provider_can_take',
    money: yen,
  });
  const allDown = registry({ coinbase: 'open', bitpay: 'open', btcpay: 'open' });
  expect(namesOf(chooseProvider(allDown, { provider: 'auto', money: dollars }))).toEqual({
    kind: 'none',
    isTemporary: true,
    code: 'all_unavailable',
  });
});
