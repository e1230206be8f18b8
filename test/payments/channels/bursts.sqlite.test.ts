// Forged events come in any number. Admins hear of the first ones, then of all together, and no genuine one is lost.
import { describe, expect, test } from 'vitest';
import { raiseDeadLetter } from '#cases/dead-letter-cases.ts';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { importExport } from '#payments/channels/import-export.ts';
import { endTogether } from '#payments/channels/raise-together.ts';
import type { ChannelEvent, ExportedOrder } from '#payments/ports/sales-channel.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { aSale, aSaleItem } from '#test/support/fakes/sales-channel.ts';
import { admin, type ChannelKit, decide, openChannelKit } from '#test/support/scenario-kits/channel-kit.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const yen = { amountMinor: 900, currency: 'JPY' };

/** Messages of the pager, each of which goes to every owner. */
async function cardsQueued({ deps }: ChannelKit): Promise<number> {
  const due = { lane: 'pager', now: deps.clock.now() + hour, lockedUntil: 0, lockedBy: 'x', suspectedPoison: false };
  const rows = await deps.database.transaction((stores) => stores.outbox.claimDue({ ...due, limit: 5_000 }));
  return rows.filter(({ topic }) => topic === 'alert.card').length;
}

async function keysOf(shop: ChannelKit): Promise<string[]> {
  return [...new Set((await shop.ringingCases()).map(({ kind }) => kind))];
}

async function sellMany(shop: ChannelKit, count: number, from = 0): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    await shop.sell({ reference: asProviderReference(`forged-${index}`) });
  }
}

function endAll(shop: ChannelKit): Promise<void> {
  return shop.inTransaction((tx) => endTogether(tx, 'payhip'));
}

describe('a burst of forged refunds', () => {
  test('of orders that are not here has ten cases and one, and opens no more', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    for (let index = 0; index < 200; index += 1) {
      await shop.giveBack(900, { reference: asProviderReference(`forged-${index}`) });
    }
    const ringing = await shop.ringingCases();
    expect(ringing).toHaveLength(11);
    expect(ringing.at(-1)).toMatchObject({ kind: 'channel_refunds_waiting', occurrences: 190 });
    const live = await shop.deps.database.read((stores) => stores.cases.countLiveCases());
    expect(live.reduce((sum, { count }) => sum + count, 0)).toBe(11);
    // Of the ten, three have a card each and the others share one. The one for the rest is new, and edited at the end of the minute.
    expect(await cardsQueued(shop)).toBe(3 + 2);
  });

  test('that fit no order has ten cases and one, too', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    for (let index = 0; index < 50; index += 1) {
      await shop.giveBack(901, { reference: asProviderReference(`forged-${index}`), price: yen });
    }
    expect(await shop.ringingCases()).toHaveLength(11);
    expect(await cardsQueued(shop)).toBe(3 + 2);
  });

  test('of one order is one card, edited once a minute', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await shop.sell();
    for (let index = 0; index < 50; index += 1) await shop.giveBack(100 + index, { price: yen });
    expect(await shop.ringingCases()).toMatchObject([{ kind: 'refund_held', occurrences: 50 }]);
    expect(await cardsQueued(shop)).toBe(2);
    shop.deps.clock.advance(minute);
    await shop.giveBack(100, { price: yen });
    expect(await cardsQueued(shop)).toBe(1);
  });

  test('is over when none was reported for a day', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    for (let index = 0; index < 11; index += 1) {
      await shop.giveBack(900, { reference: asProviderReference(`forged-${index}`) });
    }
    shop.deps.clock.advance(23 * hour);
    await endAll(shop);
    expect(await keysOf(shop)).toEqual(['payment_unknown', 'channel_refunds_waiting']);
    shop.deps.clock.advance(hour);
    await endAll(shop);
    expect(await keysOf(shop)).toEqual(['payment_unknown']);
  });
});

describe('a burst of orders that are held', () => {
  test('has ten cases and one; each waits for its decision, and one that comes an hour later rings again', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await sellMany(shop, 100);
    const ringing = await shop.ringingCases();
    expect(ringing).toHaveLength(11);
    expect(ringing.at(-1)).toMatchObject({ key: 'channel_orders_held:payhip:orders', occurrences: 90 });
    expect(await cardsQueued(shop)).toBe(3 + 2);
    const counts = await shop.deps.database.read((stores) => stores.cases.countLiveCases());
    expect(counts.filter(({ kind }) => kind === 'payment_held').map(({ count }) => count)).toEqual([90, 10]);
    shop.deps.clock.advance(hour + minute);
    await shop.sell({ reference: asProviderReference('genuine') });
    expect((await shop.ringingCases()).map(({ reference }) => reference)).toContain('genuine');
  });

  test('is over with the last decision', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await sellMany(shop, 12);
    for (let index = 0; index < 12; index += 1) {
      await endAll(shop);
      expect(await keysOf(shop)).toContain('channel_orders_held');
      await decide(shop, { action: 'reject', reason: 'forged', reference: `forged-${index}` });
    }
    await endAll(shop);
    expect(await shop.ringingCases()).toEqual([]);
  });
});

describe('the orders of an export', () => {
  const exported = (count: number): ExportedOrder[] =>
    Array.from({ length: count }, (_, index) => ({
      line: index + 2,
      lineCount: 1,
      reference: asProviderReference(`lost-${index}`),
      customerEmail: 'ann@example.org',
      currencies: ['USD'],
      readings: [{ amount: '9.00', otherwise: '9.00', returned: '0' }],
      productNames: ['Field Guide'],
      soldAt: Date.UTC(2026, 10, 22, 2),
    }));

  test('that are not here have one card together', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    const about = { provider: 'payhip', actor: admin, fileName: 'sales.csv' } as const;
    const { outcomes } = await importExport(shop.deps, { ...about, sales: exported(100) });
    expect(outcomes.filter(({ isHealed }) => isHealed)).toHaveLength(100);
    expect(await cardsQueued(shop)).toBe(1);
    const [card] = await shop.ringingCases();
    expect(card?.facts.headline).toBe("100 orders of Payhip's export are held for review");
    const kinds = ['payment_held'] as const;
    const held = await shop.deps.database.read((stores) =>
      stores.cases.listLiveCasesOfProvider({ provider: 'payhip', kinds, limit: 200 }),
    );
    expect(held).toHaveLength(100);
    // Nor do they stand in the way of one that is forged, or genuine, in the same hour.
    await shop.sell();
    expect(await keysOf(shop)).toEqual(['channel_orders_held', 'payment_held']);
  });

  test('of which one is not here has its own card', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    const about = { provider: 'payhip', actor: admin, fileName: 'sales.csv' } as const;
    await importExport(shop.deps, { ...about, sales: exported(1) });
    expect(await keysOf(shop)).toEqual(['payment_held']);
  });
});

test('a burst of events that cannot be read is one card, edited once a minute', async () => {
  await using opened = await openTestDatabase();
  const shop = openChannelKit(opened);
  for (let index = 0; index < 50; index += 1) {
    await shop.inTransaction((tx) => raiseDeadLetter(tx, { what: 'webhooks of payhip', reason: 'it cannot be read' }));
  }
  expect(await shop.ringingCases()).toMatchObject([{ kind: 'dead_letter', occurrences: 50 }]);
  expect(await cardsQueued(shop)).toBe(2);
});

describe('a burst of forged license keys', () => {
  const known = { kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' } as const;
  const sold = (id: string): ChannelEvent => ({
    kind: 'sold',
    channelOrder: aSale({ reference: asProviderReference(id), items: [aSaleItem({ licenseKey: `KEY-${id}` })] }),
  });

  test('keeps two workers and no more, and what has no turn comes back later, untried', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide({ secret: 's' });
    const { promise, resolve } = Promise.withResolvers<void>();
    shop.channel.until = promise;
    shop.channel.licenses.push(known, known);
    const receivedAt = shop.deps.clock.now();
    const first = [shop.hear(sold('a'), { receivedAt }), shop.hear(sold('b'), { receivedAt })];
    await awaitUntil(() => shop.channel.asked.length === 1, { what: 'the first question' });
    const untried = { kind: 'retry', isUntried: true } as const;
    expect(await shop.hear(sold('c'), { receivedAt })).toMatchObject({ ...untried, retryAfterMs: 5_000 });
    // The longer it waits, the later it is tried again.
    shop.deps.clock.advance(minute);
    expect(await shop.hear(sold('c'), { receivedAt })).toMatchObject({ ...untried, retryAfterMs: minute });
    // What needs no answer of the channel waits for none.
    const plain = { reference: asProviderReference('plain'), items: [aSaleItem({ productKey: 'other' })] };
    expect(await shop.sell(plain)).toMatchObject({ outcome: 'held' });
    shop.deps.clock.advance(9 * minute);
    expect(await shop.hear(sold('c'), { receivedAt })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf('c')).order.attention).toContain('too many orders were to be checked at once');
    resolve();
    expect(await Promise.all(first)).toMatchObject([{ outcome: 'paid' }, { outcome: 'paid' }]);
    expect(shop.channel.asked).toEqual(['KEY-a', 'KEY-b']);
  });
});
