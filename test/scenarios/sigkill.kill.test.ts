import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ProviderName } from '#kernel/provider-name.ts';
import { createProductProcess } from '#test/support/house-child.ts';
import { createShopClient } from '#test/support/house-client.ts';
import { type Purchase, startLoad } from '#test/support/house-load.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import { openWorld, owner, pagerBot, storeKey, type World } from '#test/support/house-world.ts';
import { createSeededRandom } from '#test/support/random.ts';

const kills = 30;
const ordersPerProvider = 150;
/** So many kills fall into the start itself. */
const earlyShare = 0.2;
const startTakesMs = 900;
const runMaxMs = 1_500;
/** Everything is told again within moments, so that the end is reached soon; the last tries reach over every pause. */
const webhookRetryDelaysMs = [100, 200, 400, ...Array.from({ length: 60 }, () => 800)];

test(`after ${kills} kills at random moments every answered webhook has taken effect and nothing was told twice`, async () => {
  const random = createSeededRandom(20_261_122);
  const world = await openWorld({ webhookRetryDelaysMs });
  const product = createProductProcess(world);
  try {
    for (const provider of ['coinbase', 'bitpay', 'btcpay'] as const) {
      world.sandbox.faults(provider).set({ duplicateWebhooks: 1, reorderWebhooks: provider === 'bitpay' });
    }
    const client = createShopClient({ url: world.url, key: storeKey });
    const load = startLoad(world, { client, random, ordersMax: ordersPerProvider });
    for (let killed = 0; killed < kills; killed += 1) {
      product.start();
      const isEarly = random.next() < earlyShare;
      if (!isEarly) await product.awaitReady();
      await delay(random.next() * (isEarly ? startTakesMs : runMaxMs));
      await product.kill();
    }
    product.start();
    await product.awaitReady();
    await load.stop();
    await world.sandbox.settle({ timeoutMs: 60_000 });
    await awaitTrue(
      async () =>
        unfinished(await Promise.all(load.purchases.map(({ id }) => client.getOrder(id))), load.purchases) === 0,
      {
        what: 'every order to be where its payment says',
        timeoutMs: 60_000,
      },
    );
    await client.awaitQuiet();
    expect(await product.stop()).toBe(0);

    // Otherwise the kills fell between the work and proved nothing.
    const takenUp = product.complaints().match(/work of a process that died is taken up/g) ?? [];
    expect(takenUp.length).toBeGreaterThan(kills / 6);
    expect(load.purchases.length).toBeGreaterThan(kills * 5);
    expectEverythingTold(world, load.purchases);
    expectBooksInOrder(world, load.purchases);
  } finally {
    product.remove();
    await world.stop();
  }
});

function expectedStatus({ did }: Purchase): string {
  if (did.includes('underpay')) return 'needs_attention';
  return did.includes('fail') ? 'awaiting_payment' : 'paid';
}

function unfinished(orders: readonly { status: string }[], purchases: readonly Purchase[]): number {
  return purchases.filter((purchase, index) => orders[index]?.status !== expectedStatus(purchase)).length;
}

function expectEverythingTold(world: World, purchases: readonly Purchase[]): void {
  const { shop, telegram } = world;
  const paid = purchases.filter((purchase) => expectedStatus(purchase) === 'paid');
  for (const { id } of purchases) {
    const ids = shop.heardOf(id).filter(({ type }) => type === 'order.paid');
    expect(ids).toHaveLength(paid.some((purchase) => purchase.id === id) ? 1 : 0);
  }
  expect(shop.forged).toEqual([]);
  const cards = telegram.messages({ bot: pagerBot, chatId: owner.id });
  const troubled = purchases.filter(({ did }) =>
    did.some((action) => ['underpay', 'overpay', 'fail'].includes(action)),
  );
  expect(troubled.length).toBeGreaterThan(0);
  for (const { number } of troubled) {
    expect(
      cards.some(({ text }) => text.includes(`${number} `)),
      `a card for ${number}`,
    ).toBe(true);
  }
  expect(cards.filter(({ text }) => text.includes('Given up on'))).toEqual([]);
}

interface InboxRow {
  source: string;
  reference: string;
  event_type: string;
  processed_at: number | null;
}

/** What is on disk, read by another program than the one that wrote it. */
function expectBooksInOrder(world: World, purchases: readonly Purchase[]): void {
  const db = new Database(world.file, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    for (const queue of ['inbox_events', 'outbox_messages']) {
      const open = db.prepare(`select * from ${queue} where processed_at is null or abandoned_at is not null`).all();
      expect(open).toEqual([]);
    }
    const inbox = db
      .prepare('select source, reference, event_type, processed_at from inbox_events')
      .all() as InboxRow[];
    const payments = db.prepare('select provider, reference, status, order_id from payments').all() as {
      provider: ProviderName;
      reference: string;
      status: string;
      order_id: string;
    }[];
    for (const provider of ['coinbase', 'bitpay', 'btcpay'] as const) {
      const deliveries = world.sandbox.deliveries(provider);
      // The sandbox forgets beyond two thousand; then this would prove less than it says.
      expect(deliveries.length).toBeLessThan(2_000);
      const answered = deliveries.filter(({ status }) => status === 200);
      expect(answered.length).toBeGreaterThan(purchases.length / 4);
      for (const { reference, type } of answered) {
        const rows = inbox.filter(
          (row) => row.source === provider && row.reference === reference && row.event_type === type,
        );
        const events = new Set(
          answered
            .filter((other) => other.reference === reference && other.type === type)
            .map(({ eventId }) => eventId),
        );
        expect(rows.length).toBe(events.size);
      }
      const here = payments.filter((payment) => payment.provider === provider);
      const there = world.sandbox.records(provider);
      expect(there).toHaveLength(here.length);
      for (const record of there) {
        const mine = here.filter(({ reference }) => reference === record.reference);
        expect(mine.map(({ status }) => status)).toEqual([statusThere(record)]);
      }
      expect(new Set(here.map(({ order_id: id }) => id)).size).toBe(here.length);
    }
  } finally {
    db.close();
  }
}

/** What a provider's record amounts to in our words. */
function statusThere(record: { status: string; exception: string }): string {
  const exception = record.exception.toLowerCase();
  if (exception === 'paidover') return 'overpaid';
  if (exception === 'paidpartial') return 'underpaid';
  if (['COMPLETED', 'confirmed', 'complete', 'Settled'].includes(record.status)) return 'paid';
  return record.status === 'FAILED' ? 'failed' : `${record.status}/${record.exception}`;
}
