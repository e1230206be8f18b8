import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { second } from '#kernel/clock.ts';
import { faultKinds } from '#sandbox/providers/contract.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';

const providers = providersThat('canCreate', 'canFetch', 'canFindLostCreate');

const ordersPerProvider = 12;

describe('with 30 % of all calls failing', () => {
  let app: AppFixture;
  beforeAll(async () => {
    // Chance decides nothing here. Which order meets which failure depends on who comes first, so that one of them may meet
    // more in a row than the usual six attempts; a flood of them must not open the breaker; and two seconds are no time-out
    // of an answer that is on its way, however busy the machine is.
    const calm = { timeoutMs: 2 * second, totalMs: 20 * second };
    const providerPolicy = { ...calm, attemptsMax: 20, breakerFailuresMax: 1_000 };
    app = await openAppFixture({ seed: 7, providerPolicy });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  test.each(providers)('%s: every order gets its checkout, and no order gets two', async (provider) => {
    app.sandbox.faults(provider).set({ failRate: 0.3, failKinds: faultKinds, retryAfterSeconds: 0 });
    const placed = await Promise.all(
      Array.from({ length: ordersPerProvider }, (_, index) =>
        app.tryOrder({ provider, key: `${provider}-${index}`, amount: `${index + 1}.00` }),
      ),
    );
    app.sandbox.faults(provider).reset();
    expect(placed.map(({ status }) => status)).toEqual(placed.map(() => 201));
    expect(app.sandbox.records(provider)).toHaveLength(ordersPerProvider);
    const amounts = app.sandbox.records(provider).map(({ amount }) => Number(amount));
    expect(amounts.sort((left, right) => left - right)).toEqual(placed.map((_, index) => index + 1));
    const failed = app.sandbox.callLog(provider).filter(({ fault }) => fault !== undefined);
    expect(failed.length).toBeGreaterThan(ordersPerProvider / 4);
    expect(new Set(failed.map(({ fault }) => fault)).size).toBeGreaterThan(2);
  });
});

test.each(providers.flatMap((provider) => faultKinds.map((fault) => ({ provider, fault }))))(
  '$provider: after $fault on its first two calls an order is placed, with one checkout',
  async ({ provider, fault }) => {
    await using app = await openAppFixture({ providerPolicy: { timeoutMs: 1_500 } });
    app.sandbox.faults(provider).set({ retryAfterSeconds: 0 });
    app.sandbox.faults(provider).failNext(fault, fault);
    const order = await app.placeOrder({ provider });
    expect(app.sandbox.records(provider)).toHaveLength(1);
    await app.visit(order, 'pay');
    await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  },
);

test('a provider that refuses is quoted to the admins, never to the customer, and `auto` goes to the next', async () => {
  await using app = await openAppFixture({ env: { BTCPAY_API_KEY: 'not-the-key-of-the-store' } });
  const refused = await app.tryOrder({ provider: 'btcpay' });
  expect(refused).toMatchObject({ status: 502, json: { code: 'provider_rejected' } });
  expect(refused.json.detail).toBe('This way to pay does not work for this order: choose another one.');
  const card = await app.awaitCard(({ text }) => text.includes('No payment link could be made'));
  expect(card.text).toMatch(/Why: .+ \((?:unauthenticated|HTTP 401)\)/);
  expect(app.sandbox.records('btcpay')).toHaveLength(0);
});
