// Refunds while the process dies between command and answer, at providers that carry a command out, do not, or
// do so only later.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { parseMoney } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { type FaultKind, type VisitAction, VisitRefused } from '#sandbox/providers/contract.ts';
import { refundingNames } from '#test/contract/providers/refund-shop.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type AppFixture, openAppFixtureIn } from '#test/support/app-fixture/app-fixture.ts';
import { createShopClient, type PlacedOrder, type ShopClient } from '#test/support/app-fixture/shop-client.ts';
import { openWorld, storeKey, type World } from '#test/support/app-fixture/world.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { createProductProcess } from '#test/support/process/product-process.ts';

const kills = 20;
/** Customers of each provider at a time. */
const crowd = 3;
const runMaxMs = 1_200;
const repeatAfterMs = 50;
const faults: readonly FaultKind[] = ['reset', 'reset_after', 'reset_late'];
/** Two of them are the captured amount; a third would exceed it. */
const amounts = ['20.00', '29.00', '20.00'];
/** More than the product sends one refund, with the quiet times between them. */
const roundsMax = 10;
/** Refunds that one run of the job follows. */
const batch = 50;

test(`after ${kills} kills around refunds each of them moved its money once, or not at all and says so`, async () => {
  const random = createSeededRandom(20_261_125);
  const world = await openWorld();
  const product = createProductProcess(world);
  try {
    const client = createShopClient({ url: world.url, key: storeKey });
    for (const provider of refundingNames) world.sandbox.faults(provider).set({ lateMs: 2 * second });
    product.start();
    await product.awaitReady();
    let isOver = false;
    const buyers = refundingNames.flatMap((provider) =>
      Array.from({ length: crowd }, (_, buyer) =>
        buyAndReturn(world, { client, provider, name: `${provider}-${buyer}`, isOver: () => isOver }),
      ),
    );
    const orders = Promise.all(buyers);
    orders.catch(() => undefined);
    for (let killed = 0; killed < kills; killed += 1) {
      await delay(random.next() * runMaxMs);
      for (const provider of refundingNames) {
        const fault = faults[Math.floor(random.next() * faults.length)];
        if (fault !== undefined) world.sandbox.faults(provider).failNextCommand(fault);
      }
      await product.kill();
      product.start();
      await product.awaitReady();
    }
    isOver = true;
    const returned = (await orders).flat();
    expect(await product.stop()).toBe(0);
    const takenUp = product.complaints().match(/leases of a crashed process released/g) ?? [];
    expect(takenUp.length, 'kills that fell into work').toBeGreaterThan(2);
    expect(returned.length).toBeGreaterThan(kills);
    await using app = await openAppFixtureIn({ ...world, stop: async () => undefined });
    await bringToAnEnd(app, returned);
    for (const order of returned) await expectMoved(app, order);
  } finally {
    product.remove();
    await world.stop();
  }
});

/** One customer after the other, until the kills are over: each pays, and wants the money back in parts. */
async function buyAndReturn(
  world: World,
  about: { client: ShopClient; provider: ProviderName; name: string; isOver(): boolean },
): Promise<PlacedOrder[]> {
  const { client, provider, name, isOver } = about;
  const orders: PlacedOrder[] = [];
  while (!isOver()) {
    const key = `${name}-${orders.length}`;
    const placed = await untilAnswered(() => client.tryOrder({ provider, key }));
    const { id, number, payment } = placed.json;
    if (!id || !number || !payment) throw new Error(`order refused: ${placed.status} ${placed.text}`);
    const order = { id, number, provider, checkoutUrl: payment.checkout_url };
    orders.push(order);
    const record = world.sandbox.records(provider).find(({ checkoutUrl }) => checkoutUrl === order.checkoutUrl);
    await world.sandbox.visit({ provider, reference: record?.reference ?? '', action: 'pay' });
    await untilTrue(async () => (await client.getOrder(id)).status === 'paid');
    await Promise.all(amounts.map((amount, index) => askFor(client, { order, amount, key: `${key}-${index}` })));
  }
  return orders;
}

async function askFor(client: ShopClient, about: { order: PlacedOrder; amount: string; key: string }): Promise<void> {
  const { order, amount, key } = about;
  const body = JSON.stringify({ amount, reason: 'Bought by mistake' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const asked = await untilAnswered(() =>
    client.send(`/v1/orders/${order.id}/refunds`, { method: 'POST', headers, body }),
  );
  expect([201, 409, 422], asked.text).toContain(asked.status);
}

/** Repeated with its key, as a shop's site does, while nobody is there. */
async function untilAnswered<Answered extends { status: number }>(ask: () => Promise<Answered>): Promise<Answered> {
  for (;;) {
    const answer = await whileNobodyIsThere(ask);
    if (answer !== undefined && answer.status < 500) return answer;
    await delay(repeatAfterMs);
  }
}

async function untilTrue(isSo: () => Promise<boolean>): Promise<void> {
  while ((await whileNobodyIsThere(isSo)) !== true) await delay(repeatAfterMs);
}

async function whileNobodyIsThere<Answered>(ask: () => Promise<Answered>): Promise<Answered | undefined> {
  try {
    return await ask();
  } catch (error) {
    // The connection was refused or cut.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What nobody knows is asked about until it is known, over every quiet time; then the buyers take what is theirs. */
async function bringToAnEnd(app: AppFixture, orders: readonly PlacedOrder[]): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    await followAll(app, { after: 11 * minute, orders });
  }
  for (const { id, provider } of orders) {
    for (const action of cases[provider].refunds?.arrives ?? []) await visitAsOftenAsWanted(app, { id, action });
  }
  for (let round = 0; round < 2; round += 1) {
    await followAll(app, { after: 2 * 60 * minute, orders });
  }
}

/** Each run of the job takes a batch; in use it runs again after seconds, here as often as all refunds need. */
async function followAll(app: AppFixture, about: { after: number; orders: readonly PlacedOrder[] }): Promise<void> {
  app.clock.move(about.after);
  app.sandbox.tick();
  const runs = Math.ceil((about.orders.length * amounts.length) / batch);
  for (let run = 0; run < runs; run += 1) await app.runJob('follow-refunds');
  await app.awaitQuiet(whileRetriesComeDue(app));
}

/** What failed while nobody was there is tried again after seconds or minutes; a busy machine takes its time. */
function whileRetriesComeDue(app: AppFixture) {
  return { meanwhile: () => app.clock.move(second), timeoutMs: 90 * second };
}

/** Once for each refund of the order that waits for it. */
async function visitAsOftenAsWanted(
  app: AppFixture,
  { id, action }: { id: string; action: VisitAction },
): Promise<void> {
  for (let count = 0; count < amounts.length; count += 1) {
    try {
      await app.visit({ id }, action);
    } catch (error) {
      if (error instanceof VisitRefused) return;
      throw error;
    }
  }
}

async function expectMoved(app: AppFixture, order: PlacedOrder): Promise<void> {
  const view = await app.getOrder(order.id);
  const states = view.refunds.map(({ status, amount }) => `${status} ${amount}`);
  const record = app.sandbox.record(order.provider, await app.referenceOf(order));
  const moved = (record?.refunds ?? []).filter(({ status }) => status !== 'Archived').map(({ amount }) => amount);
  const told = view.refunds.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount);
  expect(moved.toSorted(), `${order.provider} ${order.number}: ${states.join(', ')}`).toEqual(told.toSorted());
  expect(sumOf(moved)).toBeLessThanOrEqual(parseMoney('49.00', 'USD').amountMinor);
  expect(isAllBack(view) ? view.status : 'in part').toBe(isAllBack(view) ? 'refunded' : 'in part');
  const heard = app.shop.heardOf(order.id).filter(({ type }) => type === 'order.refunded');
  expect(heard).toHaveLength(told.length);
  expect(
    view.refunds.filter(({ status }) => status !== 'succeeded' && status !== 'failed'),
    states.join(', '),
  ).toEqual([]);
}

function isAllBack({ refunded_amount, amount }: OrderView): boolean {
  return refunded_amount === amount;
}

function sumOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + parseMoney(text, 'USD').amountMinor, 0);
}
