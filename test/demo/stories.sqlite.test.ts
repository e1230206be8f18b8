import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { day, second } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { botNames, type DemoWorld, owner, startDemoWorld } from '#sandbox/demo/demo-world.ts';
import { historyMs, playHistory } from '#sandbox/demo/history.ts';
import { tellOutage } from '#sandbox/demo/outage.ts';
import { awaitOrder, createScene, type Scene } from '#sandbox/demo/scene.ts';
import { placesOf, type Story, stories } from '#sandbox/demo/stories.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

/** A week takes its product some thousand steps, which a busy machine takes its time for. */
const weekWithinMs = 120_000;

async function openDemoWorld(options: { behindMs: number }): Promise<DemoWorld> {
  const world = await startDemoWorld({ portBase: 0, behindMs: options.behindMs });
  onTestFinished(() => world.stop());
  return world;
}

/** Nobody in a story takes longer than a moment. */
function hurriedScene(world: DemoWorld): Scene {
  return createScene(world, (ms) => delay(Math.min(ms, 50)));
}

async function letTimePass(world: DemoWorld): Promise<void> {
  world.clock.advance(5 * second);
  await world.runJob('poll-payments');
}

interface ListedOrder {
  id: string;
  number: string;
  status: string;
  created_at: string;
  payment: { provider: string } | null;
  refunds: { status: string }[];
}

async function listOrders(world: DemoWorld): Promise<ListedOrder[]> {
  const answer = await fetch(`${world.urls.till}/v1/orders?limit=100`, {
    headers: { authorization: `Bearer ${world.apiKey}` },
  });
  const { data } = (await answer.json()) as { data: ListedOrder[] };
  return data;
}

test('every story of the demo ends at every provider as it says', { timeout: 120_000 }, async () => {
  const world = await openDemoWorld({ behindMs: day });
  const scene = hurriedScene(world);
  const all: Story[] = Object.values(stories);
  const told = all.flatMap((story) => placesOf(story).map((provider) => ({ story, provider })));
  expect(all.filter((story) => placesOf(story).length === 0)).toEqual([]);
  const awaited: { id: string; ends: string }[] = [];
  await Promise.all(
    told.map(async ({ story, provider }) => {
      const order = await scene.order(provider);
      if (order === undefined) throw new Error(`no checkout at ${provider}`);
      await story.tell(scene, order);
      awaited.push({ id: order.id, ends: story.ends });
    }),
  );
  for (const { id, ends } of awaited) {
    const order = async () => (await world.shop.till.getOrder(id)).payment?.status;
    const isEnded = async (): Promise<boolean> => (await order()) === ends;
    // Changes without a webhook are found by polling, minutes later.
    await awaitUntil(isEnded, { what: `the end of ${id}: ${ends}`, meanwhile: () => letTimePass(world) });
  }
  for (const provider of providerNames) {
    expect(world.providers.faults(provider).get()).toMatchObject({ dropWebhooks: 0, duplicateWebhooks: 0 });
  }
});

test('an outage costs no order: open payments are paid after it, and the provider is left as it was', async () => {
  const world = await openDemoWorld({ behindMs: 0 });
  await tellOutage(hurriedScene(world), 'bitpay');
  const paid = world.providers.records('bitpay').find(({ status }) => status === 'confirmed');
  expect(paid).toBeDefined();
  const orders = await listOrders(world);
  const underWay = orders.find(({ number }) => number === paid?.orderId);
  const is = ({ status }: { status: string }) => status === 'paid';
  await awaitOrder(world, { id: underWay?.id ?? '', is, timeoutMs: 20_000 });
  expect(world.providers.faults('bitpay').get().outage).toBe(false);
});

test('the week before leaves orders in every state: by the owner two delivered, one cancelled, two to be refunded', {
  timeout: weekWithinMs,
}, async () => {
  const world = await openDemoWorld({ behindMs: historyMs });
  await playHistory(world);
  const orders = await listOrders(world);
  const statuses = orders.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(
    new Set([
      ...['awaiting_payment', 'paid', 'fulfilled', 'expired', 'cancelled', 'needs_attention'],
      // A channel order, and one that the owner refunded.
      ...['partially_refunded', 'refunded'],
    ]),
  );
  expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(2);
  const refunds = orders.flatMap(({ payment, refunds: of }) => of.map(({ status }) => [payment?.provider, status]));
  // The last one waits for its buyer, who has not claimed it yet.
  expect(refunds).toEqual([
    ['btcpay', 'pending'],
    ['bitpay', 'succeeded'],
    ['payhip', 'succeeded'],
  ]);
  const times = orders.map(({ created_at }) => Date.parse(created_at));
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(historyMs * 0.9);
  const chats = world.telegram.messages({ bot: botNames.pager, chatId: owner.id });
  expect(chats.filter(({ text }) => text.includes('Acknowledged by Ada'))).toHaveLength(2);
});
