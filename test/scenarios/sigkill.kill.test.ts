import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { WebhookDelivery } from '#sandbox/providers/contract.ts';
import { createShopClient } from '#test/support/app-fixture/shop-client.ts';
import { openWorld, owner, pagerBot, storeKey, type World } from '#test/support/app-fixture/world.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { type Purchase, startLoad } from '#test/support/process/load.ts';
import { createProductProcess } from '#test/support/process/product-process.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

/** A create that dies with the process is found again, or the shop's repeat would make a second checkout. */
const providers = providersThat('canCreate', 'canFetch', 'canFindLostCreate');

const kills = 30;
const ordersPerProvider = 150;
/** So many kills fall into the start itself. */
const earlyShare = 0.2;
const startTakesMs = 900;
const runMaxMs = 1_500;
/** Every webhook is repeated within moments, so that the end is reached soon; the last attempts outlast every pause. */
const webhookRetryDelaysMs = [100, 200, 400, ...Array.from({ length: 60 }, () => 800)];

test(`after ${kills} kills at random moments every answered webhook has taken effect and nothing was told twice`, async () => {
  const random = createSeededRandom(20_261_122);
  const world = await openWorld({ webhookRetryDelaysMs });
  const product = createProductProcess(world);
  try {
    for (const provider of providers) {
      world.sandbox.faults(provider).set({ duplicateWebhooks: 1, reorderWebhooks: provider === providers[1] });
    }
    const answered = createAnswered(world);
    const client = createShopClient({ url: world.url, key: storeKey });
    const load = startLoad(world, { client, random, providers, ordersMax: ordersPerProvider });
    for (let killed = 0; killed < kills; killed += 1) {
      product.start();
      const isEarly = random.next() < earlyShare;
      if (!isEarly) await product.awaitReady();
      await delay(random.next() * (isEarly ? startTakesMs : runMaxMs));
      await product.kill();
      answered.note();
    }
    product.start();
    await product.awaitReady();
    await load.stop();
    await world.sandbox.settle({ timeoutMs: 60_000 });
    await awaitUntil(
      async () =>
        unfinished(await Promise.all(load.purchases.map(({ id }) => client.getOrder(id))), load.purchases) === 0,
      {
        what: 'every order to be where its payment says',
        timeoutMs: 60_000,
      },
    );
    // A card whose delivery was cut short is drawn once more, two minutes later at the latest.
    await client.awaitQuiet({ timeoutMs: 150_000 });
    expect(await product.stop()).toBe(0);
    answered.note();

    // Otherwise the kills fell between the work and proved nothing.
    const takenUp = product.complaints().match(/leases of a crashed process released/g) ?? [];
    expect(takenUp.length).toBeGreaterThan(kills / 6);
    expect(load.purchases.length).toBeGreaterThan(kills * 5);
    expectEverythingReported(world, load.purchases);
    expectBooksInOrder(world, { purchases: load.purchases, answered: answered.deliveries() });
  } finally {
    product.remove();
    await world.stop();
  }
});

function expectedStatus({ ends }: Purchase): string {
  if (ends === 'underpaid') return 'needs_attention';
  return ends === 'failed' ? 'awaiting_payment' : 'paid';
}

function unfinished(orders: readonly { status: string }[], purchases: readonly Purchase[]): number {
  return purchases.filter((purchase, index) => orders[index]?.status !== expectedStatus(purchase)).length;
}

function expectEverythingReported(world: World, purchases: readonly Purchase[]): void {
  const { shop, telegram } = world;
  const paid = purchases.filter((purchase) => expectedStatus(purchase) === 'paid');
  for (const { id } of purchases) {
    const ids = shop.heardOf(id).filter(({ type }) => type === 'order.paid');
    expect(ids).toHaveLength(paid.some((purchase) => purchase.id === id) ? 1 : 0);
  }
  expect(shop.forged).toEqual([]);
  const cards = telegram.messages({ bot: pagerBot, chatId: owner.id });
  // What the process died with three times is given up on; that a kill finds the same message thrice is not expected.
  expect(cards.filter(({ text }) => text.includes('Given up on'))).toEqual([]);
}

interface CardRow {
  group_id: string | null;
  /** Of its group, itself among them. */
  grouped: number;
  message_id: number | null;
}

/** On a card of its own, or counted on that of the group that it came with. */
function expectCards(world: World, { db, purchases }: { db: Database.Database; purchases: readonly Purchase[] }): void {
  const cards = world.telegram.messages({ bot: pagerBot, chatId: owner.id });
  const unpaid = purchases.filter(({ ends }) => ends !== 'paid');
  expect(unpaid.length).toBeGreaterThan(0);
  const rows = db.prepare<[string], CardRow>(
    `select c.group_id, (select count(*) from cases g where g.group_id = c.group_id) as grouped, s.message_id
     from cases c left join sent_messages s on s.subject = coalesce('group:' || c.group_id, 'case:' || c.id)
     where c.order_id = ? and c.rings`,
  );
  for (const { id, number } of unpaid) {
    const ofOrder = rows.all(id);
    expect(ofOrder.length, `cases of ${number}`).toBeGreaterThan(0);
    for (const { group_id: groupId, grouped, message_id: messageId } of ofOrder) {
      const card = cards.find((one) => one.messageId === messageId);
      expect(card?.text, `a card for ${number}`).toContain(groupId === null ? `${number} ` : ` ${grouped} × `);
    }
  }
}

interface InboxRow {
  source: string;
  reference: string;
  event_type: string;
}

/** Every webhook that was answered 200. The sandbox remembers two thousand attempts; these are kept as they pass by. */
function createAnswered(world: World): { note(): void; deliveries(): WebhookDelivery[] } {
  const seen = new Set<WebhookDelivery>();
  return {
    note() {
      for (const provider of providers) {
        const log = world.sandbox.deliveries(provider);
        const first = log[0];
        const isWhole = seen.size === 0 || log.length < 2_000 || (first !== undefined && seen.has(first));
        expect(isWhole, `deliveries of ${provider} were forgotten`).toBe(true);
        for (const delivery of log) seen.add(delivery);
      }
    },
    deliveries: () => [...seen].filter(({ status }) => status === 200),
  };
}

interface PaymentRow {
  provider: ProviderName;
  reference: string;
  status: string;
  order_id: string;
}

/** What is on disk, read by another program than the one that wrote it. */
function expectBooksInOrder(
  world: World,
  { purchases, answered }: { purchases: readonly Purchase[]; answered: readonly WebhookDelivery[] },
): void {
  const db = new Database(world.file, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    for (const queue of ['inbox_events', 'outbox_messages']) {
      const open = db.prepare(`select * from ${queue} where processed_at is null or abandoned_at is not null`).all();
      expect(open).toEqual([]);
    }
    expectTaken(db.prepare('select source, reference, event_type from inbox_events').all() as InboxRow[], answered);
    expectCards(world, { db, purchases });
    const payments = db.prepare('select provider, reference, status, order_id from payments').all() as PaymentRow[];
    for (const provider of providers) {
      const here = payments.filter((payment) => payment.provider === provider);
      const there = world.sandbox.records(provider);
      expect(there).toHaveLength(here.length);
      for (const record of there) {
        const mine = here.filter(({ reference }) => reference === record.reference);
        const purchase = purchases.find(({ reference }) => reference === record.reference);
        expect(mine.map(({ status }) => status)).toEqual([purchase?.ends]);
      }
      expect(new Set(here.map(({ order_id: id }) => id)).size).toBe(here.length);
    }
  } finally {
    db.close();
  }
}

/** Each event that was answered 200 is in the inbox, once, however many copies of it came. */
function expectTaken(inbox: readonly InboxRow[], answered: readonly WebhookDelivery[]): void {
  const rows = Map.groupBy(inbox, (row) => `${row.source} ${row.reference} ${row.event_type}`);
  const events = Map.groupBy(answered, ({ provider, reference, type }) => `${provider} ${reference} ${type}`);
  expect(events.size).toBeGreaterThan(kills * 5);
  for (const [event, deliveries] of events) {
    expect(rows.get(event)?.length, event).toBe(new Set(deliveries.map(({ eventId }) => eventId)).size);
  }
}
