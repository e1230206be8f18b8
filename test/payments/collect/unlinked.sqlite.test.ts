// An order whose create had no answer: somebody hears of it at once, and no more once the link is there.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeActor } from '#kernel/actor.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId, type OrderId, type PaymentId } from '#kernel/ids.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { type NewOrder, placeOrder } from '#payments/collect/place-order.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createScriptedProviders,
  rejected,
  type ScriptedProviders,
  unreachable,
} from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['bitpay', 'btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

const request: NewOrder = {
  idempotencyKey: 'key',
  bodyHash: 'hash',
  origin: 'store',
  actor: storeActor,
  provider: 'btcpay',
  items: [{ sku: null, name: 'Field Guide', quantity: 1, unitAmountMinor: 4_900 }],
  currency: 'USD',
  customerEmail: null,
  customerName: null,
  redirectUrl: null,
  metadata: {},
  reference: null,
  note: null,
};
const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;

async function place(differences: Partial<NewOrder> = {}): Promise<{ orderId: OrderId; paymentIds: PaymentId[] }> {
  const placed = await placeOrder(deps, { ...request, ...differences });
  if (!('order' in placed)) throw new Error(placed.kind);
  const details = await getOrderDetails(deps, { id: asOrderId(placed.order.id) });
  if (details === undefined) throw new Error('the order vanished');
  return { orderId: details.order.id, paymentIds: details.payments.map(({ id }) => id) };
}

async function casesOf(orderId: OrderId): Promise<string[]> {
  const cases = await deps.database.read((stores) => stores.cases.listLiveCasesForOrder(orderId));
  return cases.map(({ kind, rings, occurrences, facts }) => `${kind} ${rings} ${occurrences}: ${facts.headline}`);
}

const unknown = 'payment_not_created true 1: It is not known whether a payment link was made';

test('a create without an answer is a case at once, in plain words', async () => {
  providers.onCreate('btcpay', () => {
    throw unreachable('btcpay');
  });
  const { orderId } = await place();
  expect(await casesOf(orderId)).toEqual([unknown]);
});

test('the case is over when the payment is found at its provider', async () => {
  providers.onCreate('btcpay', () => {
    throw unreachable('btcpay');
  });
  const { orderId, paymentIds } = await place();
  const [paymentId] = paymentIds;
  if (paymentId === undefined) throw new Error('no payment');
  const refresh = () => refreshPayment(deps, { paymentId, cause });
  deps.clock.advance(2 * minute);
  await refresh();
  expect(await casesOf(orderId)).toEqual([unknown]);
  finds({ requested: { amount: '4.90', asset: 'USD' } });
  await refresh();
  // Nobody can be sent to a link over another amount.
  expect(await casesOf(orderId)).toContain(unknown);
  finds({});
  await refresh();
  expect(await casesOf(orderId)).toEqual([]);
});

/** What the search for a lost create finds from here on. */
function finds(shown: Partial<PaymentSnapshot>): void {
  const find = (name: PaymentProvider['name']): PaymentProvider | undefined => {
    const provider = providers.find(name);
    const snapshot = aSnapshot({ checkoutUrl: 'https://pay.test/1', ...shown });
    return provider && { ...provider, findCreatedPayment: async () => snapshot, fetchPayment: async () => snapshot };
  };
  deps.providers = { ...providers, find };
}

test('an order that is over meanwhile, or has another link, needs none', async () => {
  providers.onCreate('bitpay', () => {
    throw unreachable('bitpay');
  });
  const { orderId, paymentIds } = await place({ provider: 'auto' });
  const [lost] = paymentIds;
  if (lost === undefined) throw new Error('no payment');
  deps.clock.advance(2 * minute);
  await refreshPayment(deps, { paymentId: lost, cause });
  expect(await casesOf(orderId)).toEqual([]);

  providers.onCreate('btcpay', () => {
    throw new Error('the process died');
  });
  const alone = { ...request, idempotencyKey: null, bodyHash: null };
  await expect(placeOrder(deps, alone)).rejects.toThrow('the process died');
  const [order] = await deps.database.read((stores) =>
    stores.orders.listOrders({ statuses: null, before: null, limit: 1 }),
  );
  const details = order && (await getOrderDetails(deps, { id: order.id }));
  const [payment] = details?.payments ?? [];
  if (order === undefined || payment === undefined) throw new Error('no order');
  await cancelOrder(deps, { orderId: order.id, actor: storeActor, reason: null });
  deps.clock.advance(2 * minute);
  await refreshPayment(deps, { paymentId: payment.id, cause });
  expect(await casesOf(order.id)).toEqual([]);
});

test('the case is over when a repeat of the request makes the link', async () => {
  providers.onCreate('btcpay', () => {
    throw unreachable('btcpay');
  });
  const { orderId } = await place();
  providers.onCreate('btcpay', () => undefined);
  await place();
  expect(await casesOf(orderId)).toEqual([]);
});

test('a process that died before it asked leaves a case, too', async () => {
  providers.onCreate('btcpay', () => {
    throw new Error('the process died');
  });
  await expect(placeOrder(deps, request)).rejects.toThrow('the process died');
  const [order] = await deps.database.read((stores) =>
    stores.orders.listOrders({ statuses: null, before: null, limit: 1 }),
  );
  const details = order && (await getOrderDetails(deps, { id: order.id }));
  const paymentId = details?.payments[0]?.id;
  if (paymentId === undefined) throw new Error('no payment');
  deps.clock.advance(2 * minute);
  await refreshPayment(deps, { paymentId, cause });
  expect(await casesOf(details?.order.id as OrderId)).toEqual([unknown]);
});

test('where the next provider made the link there is no case', async () => {
  providers.onCreate('bitpay', () => {
    throw unreachable('bitpay');
  });
  const { orderId, paymentIds } = await place({ provider: 'auto' });
  expect(paymentIds).toHaveLength(2);
  expect(await casesOf(orderId)).toEqual([]);
});

test('where the next provider refuses there is one', async () => {
  providers.onCreate('bitpay', () => {
    throw unreachable('bitpay');
  });
  providers.onCreate('btcpay', () => {
    throw rejected('btcpay');
  });
  const { orderId } = await place({ provider: 'auto' });
  expect(await casesOf(orderId)).toEqual(['payment_not_created true 1: No payment link could be made']);
});

test('during an outage that is known it does not ring: the alert of the outage did', async () => {
  providers.onCreate('btcpay', () => {
    const about = { provider: 'btcpay', operation: 'create_payment', code: null, httpStatus: null } as const;
    throw new ProviderUnreachable({ ...about, message: 'create_payment: not asked', wasAsked: false });
  });
  const { orderId } = await place();
  expect(await casesOf(orderId)).toEqual([unknown.replace('true', 'false')]);
});
