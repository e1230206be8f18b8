// Stored events of a channel without an API for orders: a dry run says what is missing, a real run records it once.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveProduct } from '#catalog/save-product.ts';
import { setLicenseSecret } from '#catalog/set-license-secret.ts';
import { minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentProvider, WebhookVerdict } from '#payments/ports/payment-provider.ts';
import type { ChannelEvent, ChannelOrder } from '#payments/ports/sales-channel.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';
import type { ReplayMode, ReplayReport } from '#payments/webhooks/replay.ts';
import { replayEvents } from '#payments/webhooks/replay-events.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  anEvent,
  aSale,
  aSaleItem,
  createFakeSalesChannel,
  type FakeSalesChannel,
} from '#test/support/fakes/sales-channel.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

const actor = { kind: 'admin', id: '42' } as const;
let opened: TestDatabase;
let deps: TestDeps;
let verdict: WebhookVerdict;
let channel: FakeSalesChannel;

beforeEach(async () => {
  opened = await openTestDatabase();
  channel = createFakeSalesChannel();
  const [paper] = channel.list();
  if (paper === undefined) throw new Error('there is no channel');
  const reference = asProviderReference('sale-1');
  verdict = { kind: 'event', eventKey: 'k', eventType: 'paid', reference, trust: 'token' };
  const provider: PaymentProvider = { ...paper, verifyWebhook: () => verdict };
  const providers = { ...channel, list: () => [provider], find: () => provider };
  deps = { ...createTestDeps(opened.database), providers };
});
afterEach(() => opened.remove());

/** An event as it is stored when it comes; nobody has handled it. */
async function store(told: ChannelEvent | 'unreadable', reference = 'sale-1'): Promise<string> {
  const body = told === 'unreadable' ? Buffer.from('noise') : anEvent(told).body;
  const id = deps.ids.newId();
  await opened.database.transaction((stores) =>
    stores.inbox.append({
      id,
      receivedAt: deps.clock.now(),
      source: 'payhip',
      eventKey: id,
      eventType: 'paid',
      reference,
      detail: null,
      trust: 'token',
      body,
      headers: {},
    }),
  );
  deps.clock.advance(minute);
  return id;
}

function replay(mode: ReplayMode): Promise<ReplayReport> {
  const to = deps.clock.now() + 1;
  return replayEvents(deps, {
    range: { kind: 'range', provider: 'payhip', from: 0, to, eventType: null },
    mode,
    actor,
  });
}

const sold = (change: Partial<ChannelOrder> = {}): ChannelEvent => ({ kind: 'sold', channelOrder: aSale(change) });
const returned = (returnedMinor: number): ChannelEvent => ({
  kind: 'returned',
  returned: { channelOrder: aSale(), returnedMinor, returnedAt: null },
});
const subscription = (status: 'active' | 'canceled'): ChannelEvent => ({
  kind: 'subscription',
  subscription: {
    reference: 'SUB_1',
    status,
    customerEmail: null,
    customerName: null,
    planName: 'Monthly',
    productName: 'Fonts',
    startedAt: null,
    endedAt: null,
  },
});

async function countOrders(): Promise<number> {
  const found = await opened.database.read((stores) =>
    stores.orders.listOrders({ statuses: null, before: null, limit: 9 }),
  );
  return found.length;
}

async function addGuide(): Promise<string> {
  const draft = {
    sku: 'GUIDE',
    name: 'Field Guide',
    amountMinor: 900,
    currency: 'USD',
    channelKey: 'RGsF',
    channel: 'payhip',
  } as const;
  const saved = await saveProduct(deps, { draft, expectedVersion: null, actor });
  if (saved.kind !== 'added') throw new Error('the guide was not saved');
  return saved.productId;
}

test('a channel order, its refund and a subscription that were never recorded are forecast and then recorded, once', async () => {
  await addGuide();
  await store(sold());
  await store(returned(400));
  await store(subscription('active'), 'SUB_1');
  const dry = await replay('dry_run');
  expect(dry).toMatchObject({ found: 3, total: 3, subjects: 2, bookedCount: 3, unchanged: 0, movedCount: 0 });
  expect(dry.bookings).toEqual([
    { kind: 'sale', reference: 'sale-1', money: { amountMinor: 900, currency: 'USD' }, as: 'paid', orderNumber: null },
    { kind: 'refund', reference: 'sale-1', money: { amountMinor: 400, currency: 'USD' }, isWaiting: true },
    { kind: 'subscription', reference: 'SUB_1', status: 'active' },
  ]);
  expect(await countOrders()).toBe(0);
  const real = await replay('real');
  expect(real).toMatchObject({ bookedCount: 3, failed: 0 });
  expect(real.bookings).toMatchObject([{ as: 'paid', orderNumber: 'T-1001' }, { isWaiting: false }, {}]);
  expect(await countOrders()).toBe(1);
  expect(await replay('real')).toMatchObject({ bookedCount: 0, unchanged: 3 });
  expect(await countOrders()).toBe(1);
});

test('a channel order that does not fit the catalogue is forecast and recorded as held, and stays held once the product is added', async () => {
  await store(sold());
  expect((await replay('dry_run')).bookings).toMatchObject([{ as: 'held' }]);
  expect((await replay('real')).bookings).toMatchObject([{ as: 'held' }]);
  await addGuide();
  expect(await replay('real')).toMatchObject({ bookedCount: 0, held: 1, unchanged: 0 });
  const reference = asProviderReference('sale-1');
  const payment = await opened.database.read((stores) =>
    stores.payments.findPaymentByReference({ provider: 'payhip', reference }),
  );
  expect(payment?.heldAt).not.toBeNull();
});

test('a refund that is not larger than the recorded one, and a known end of a subscription, change nothing', async () => {
  await addGuide();
  for (const told of [sold(), returned(500), subscription('canceled')]) {
    await handleInboxEvent(deps, anEvent(told), new AbortController().signal);
  }
  await store(returned(300));
  await store(subscription('active'), 'SUB_1');
  expect(await replay('dry_run')).toMatchObject({ bookedCount: 0, unchanged: 2 });
  await store(returned(700));
  expect((await replay('dry_run')).bookings).toMatchObject([{ money: { amountMinor: 700 }, isWaiting: false }]);
});

test('an event that today’s code cannot read, or today’s key does not accept, is reported and changes nothing', async () => {
  await store('unreadable');
  expect(await replay('real')).toMatchObject({ found: 1, failed: 1, bookedCount: 0 });
  verdict = { kind: 'refused', reason: 'signature_wrong' };
  await store(sold());
  expect(await replay('real')).toMatchObject({ found: 2, refused: 2, processed: 0 });
  expect(await countOrders()).toBe(0);
  // It was in time when it came; now is another matter.
  verdict = { kind: 'refused', reason: 'too_old' };
  expect(await replay('real')).toMatchObject({ refused: 0, bookedCount: 1, failed: 1 });
});

test('an order whose license came with another one is forecast as held; its license is not verified for that', async () => {
  const secret = { productId: await addGuide(), secret: 'prod_sk_1', actor };
  await setLicenseSecret(deps, secret);
  const licensed = (id: string): ChannelEvent =>
    sold({ reference: asProviderReference(id), items: [aSaleItem({ licenseKey: 'KEY' })] });
  const first = await store(licensed('sale-1'));
  expect((await replay('dry_run')).bookings).toMatchObject([{ as: 'paid_if_licensed', orderNumber: null }]);
  expect(channel.asked).toEqual([]);
  const good = { kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' } as const;
  channel.licenses = [good, good, good];
  await replayEvents(deps, { range: { kind: 'event', eventId: first }, mode: 'real', actor });
  await store(licensed('sale-2'), 'sale-2');
  expect(await replay('dry_run')).toMatchObject({ unchanged: 1, bookings: [{ reference: 'sale-2', as: 'held' }] });
  expect((await replay('real')).bookings).toMatchObject([{ reference: 'sale-2', as: 'held' }]);
});
