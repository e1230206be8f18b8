// Who is asked for a payment, for how long, and who is next: in a time that stands still.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { storeActor } from '#kernel/actor.ts';
import { second } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { type NewOrder, type PlacedOrder, placeOrder } from '#payments/collect/place-order.ts';
import { attemptMs } from '#payments/collect/request-with-failover.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { AttemptTimedOut } from '#payments/ports/provider-errors.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createScriptedProviders,
  type ScriptedProviders,
  unreachable,
} from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
/** Who was asked, after how many seconds, and for how many it was waited for. */
let turns: { name: ProviderName; afterMs: number; forMs: number | null }[];

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['coinbase', 'bitpay', 'btcpay'], made.clock);
  deps = { ...made, providers };
  turns = [];
});
afterEach(() => opened.remove());

/** Hangs until its turn is over, as a real call does: it obeys the signal and says that there was no answer. */
function hang(names: readonly ProviderName[]): void {
  const startedAt = deps.clock.now();
  const list = providers.list().map((provider): PaymentProvider => {
    const { name } = provider;
    return {
      ...provider,
      async createPayment(request, signal) {
        const beganAt = deps.clock.now();
        const turn = { name, afterMs: beganAt - startedAt, forMs: null as number | null };
        turns.push(turn);
        if (!names.includes(name)) return provider.createPayment(request, signal);
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        turn.forMs = deps.clock.now() - beganAt;
        expect(signal?.reason).toBeInstanceOf(AttemptTimedOut);
        throw unreachable(name);
      },
    };
  });
  const find = (name: ProviderName) => list.find((provider) => provider.name === name);
  deps.providers = { ...providers, list: () => list, find };
}

const request: NewOrder = {
  idempotencyKey: null,
  bodyHash: null,
  origin: 'store',
  actor: storeActor,
  provider: 'auto',
  items: [{ sku: null, name: 'Field Guide', quantity: 1, unitAmountMinor: 4_900 }],
  currency: 'USD',
  customerEmail: null,
  customerName: null,
  redirectUrl: null,
  metadata: {},
  reference: null,
  note: null,
};

/** Lets time pass, a second at a time, until the promise is settled; how many seconds that took. */
async function pass<Result>(work: Promise<Result>): Promise<{ result: Result; seconds: number }> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  for (let seconds = 0; seconds < 100; seconds += 1) {
    for (let turn = 0; turn < 20 && !isOver; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (isOver) return { result: await work, seconds };
    deps.clock.advance(second);
  }
  throw new Error('nobody waits so long');
}

function linkOf(placed: PlacedOrder): string | undefined {
  return placed.kind === 'placed' ? placed.order.payment?.provider : placed.kind;
}

describe('an attempt of the failover', () => {
  test.each([
    { inLine: 1, leftMs: 25 * second, expected: 25 * second },
    { inLine: 2, leftMs: 25 * second, expected: 8 * second },
    { inLine: 3, leftMs: 25 * second, expected: 8 * second },
    { inLine: 5, leftMs: 25 * second, expected: 5 * second },
    { inLine: 2, leftMs: 9 * second, expected: 4.5 * second },
    { inLine: 1, leftMs: -1, expected: 0 },
    { inLine: 3, leftMs: -1, expected: 0 },
  ])('of the first of $inLine with $leftMs ms left takes $expected ms at most', ({ inLine, leftMs, expected }) => {
    expect(attemptMs({ inLine, leftMs })).toBe(expected);
  });
});

describe('a provider that hangs', () => {
  test('has eight seconds of the time of a customer, and the next one makes the link', async () => {
    hang(['coinbase']);
    const { result, seconds } = await pass(placeOrder(deps, request));
    expect(linkOf(result)).toBe('bitpay');
    expect(seconds).toBe(8);
    expect(turns).toEqual([
      { name: 'coinbase', afterMs: 0, forMs: 8 * second },
      { name: 'bitpay', afterMs: 8 * second, forMs: null },
    ]);
  });

  test('before another that hangs leaves time for the third', async () => {
    hang(['coinbase', 'bitpay']);
    const { result, seconds } = await pass(placeOrder(deps, request));
    expect(linkOf(result)).toBe('btcpay');
    expect(seconds).toBe(16);
  });

  test('as all others do keeps a customer no longer than twenty-five seconds', async () => {
    hang(['coinbase', 'bitpay', 'btcpay']);
    const { result, seconds } = await pass(placeOrder(deps, request));
    expect(linkOf(result)).toBe('provider_failed');
    expect(seconds).toBe(25);
    expect(turns.map(({ forMs }) => forMs)).toEqual([8 * second, 8 * second, 9 * second]);
  });

  test('and does not obey its signal either is the last one asked once the time of the customer is over', async () => {
    const { find } = providers;
    deps.providers = {
      ...providers,
      list: () => providers.list().map((provider) => ({ ...provider, createPayment: deafFor(26 * second) })),
      find: (name) => {
        const provider = find(name);
        return provider && { ...provider, createPayment: deafFor(26 * second) };
      },
    };
    const asked: number[] = [];
    function deafFor(ms: number): PaymentProvider['createPayment'] {
      return async () => {
        asked.push(deps.clock.now());
        await deps.clock.sleep(ms);
        throw unreachable('coinbase');
      };
    }
    const { result } = await pass(placeOrder(deps, request));
    expect(linkOf(result)).toBe('provider_failed');
    expect(asked).toHaveLength(1);
    if (result.kind !== 'provider_failed') throw new Error(result.kind);
    const orderId = asOrderId(result.order.id);
    expect(await opened.database.read((stores) => stores.payments.listPaymentsForOrder(orderId))).toHaveLength(1);
  });

  test('and was asked for by name has all of the time: there is nobody else', async () => {
    hang(['bitpay']);
    const { result, seconds } = await pass(placeOrder(deps, { ...request, provider: 'bitpay' }));
    expect(linkOf(result)).toBe('provider_failed');
    expect(seconds).toBe(25);
  });

  test('leaves its payment to be searched for, and the order has one link', async () => {
    hang(['coinbase']);
    const { result } = await pass(placeOrder(deps, request));
    if (result.kind !== 'placed') throw new Error(result.kind);
    const orderId = asOrderId(result.order.id);
    const payments = await opened.database.read((stores) => stores.payments.listPaymentsForOrder(orderId));
    expect(payments.map(({ provider, creation }) => `${provider} ${creation}`)).toEqual([
      'coinbase requested',
      'bitpay confirmed',
    ]);
    expect(payments[0]?.nextPollAt).not.toBeNull();
  });
});

describe('a new link', () => {
  test('is made by the next provider too, where the first one hangs', async () => {
    providers.onCreate('coinbase', () => {
      throw unreachable('coinbase');
    });
    const named = await placeOrder(deps, { ...request, provider: 'coinbase' });
    if (named.kind !== 'provider_failed') throw new Error(named.kind);
    hang(['coinbase']);
    const orderId = asOrderId(named.order.id);
    const link = createPaymentLink(deps, { orderId, provider: 'auto', actor: adminActor(42) });
    const { result, seconds } = await pass(link);
    expect(result).toMatchObject({ kind: 'created', payment: { provider: 'bitpay', creation: 'confirmed' } });
    expect(seconds).toBe(8);
  });

  test('that was asked for at one provider is made there or not at all', async () => {
    hang(['coinbase']);
    const placed = await pass(placeOrder(deps, { ...request, provider: 'coinbase' }));
    if (placed.result.kind !== 'provider_failed') throw new Error(placed.result.kind);
    const orderId = asOrderId(placed.result.order.id);
    const link = createPaymentLink(deps, { orderId, provider: 'coinbase', actor: adminActor(42) });
    expect((await pass(link)).result).toMatchObject({ kind: 'provider_failed', provider: 'coinbase' });
  });
});

describe('auto', () => {
  test('skips providers with an open breaker and decommissioned ones, and uses them again by itself', async () => {
    providers.feels('coinbase', { breaker: 'open' });
    providers.feels('bitpay', { retiredAt: 1 });
    expect(linkOf(await placeOrder(deps, request))).toBe('btcpay');
    providers.feels('coinbase', { breaker: 'closed' });
    expect(linkOf(await placeOrder(deps, request))).toBe('coinbase');
    providers.feels('coinbase', { breaker: 'open' });
    providers.feels('bitpay', { retiredAt: null });
    expect(linkOf(await placeOrder(deps, request))).toBe('bitpay');
  });

  test('says so when every provider is unavailable, and a decommissioned one cannot be chosen by name', async () => {
    for (const name of ['coinbase', 'btcpay'] as const) providers.feels(name, { breaker: 'open' });
    providers.feels('bitpay', { retiredAt: 1 });
    expect(await placeOrder(deps, request)).toEqual({
      kind: 'no_provider',
      code: 'all_unavailable',
      isTemporary: true,
    });
    expect(await placeOrder(deps, { ...request, provider: 'bitpay' })).toEqual({
      kind: 'no_provider',
      code: 'provider_decommissioned',
      provider: 'bitpay',
      isTemporary: true,
    });
  });
});
