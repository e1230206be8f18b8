import { describe, expect, test } from 'vitest';
import type { Order } from '#orders/order.ts';
import type { OrderStores, SearchedAmount } from '#orders/order-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleOrder } from './samples.ts';

const numbersOf = (orders: readonly Order[]): number[] => orders.map((order) => order.number);

async function insertAll(stores: OrderStores, orders: readonly Order[]): Promise<void> {
  for (const order of orders) await stores.orders.insertOrder(order);
}

const partsOf = (stores: OrderStores, text: string, limit = 9) => stores.orders.searchOrders({ text, limit });
const item = (name: string) => ({ sku: null, name, quantity: 1, unitAmountMinor: 1 });

export function describeOrderSearch(open: OpenContractDatabase): void {
  describe('the search of orders', () => {
    test('finds a whole e-mail or reference in any case, and no part of one', async () => {
      await using opened = await open();
      const stored = [
        sampleOrder(1, { customerEmail: 'Bob@Example.org' }),
        sampleOrder(2, { reference: 'Cart-9' }),
        sampleOrder(3, { customerEmail: 'bob@example.org', reference: 'bob@EXAMPLE.org' }),
        sampleOrder(4, { customerEmail: `${'long'.repeat(900)}@example.org` }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ orders }) => {
        const find = async (text: string, limit = 9) => numbersOf(await orders.listOrdersCalled({ text, limit }));
        expect(await find('BOB@example.org')).toEqual([3, 1]);
        expect(await find('BOB@example.org', 1)).toEqual([3]);
        expect(await find('cart-9')).toEqual([2]);
        expect(await find('cart')).toEqual([]);
        expect(await find('%')).toEqual([]);
        expect(await find('')).toEqual([]);
      });
    });

    test('finds an amount in each of the currencies', async () => {
      await using opened = await open();
      const stored = [
        sampleOrder(1, { amountMinor: 500, currency: 'USD' }),
        sampleOrder(2, { amountMinor: 500, currency: 'EUR' }),
        sampleOrder(3, { amountMinor: 500, currency: 'JPY' }),
        sampleOrder(4, { amountMinor: 5, currency: 'JPY' }),
        sampleOrder(5, { amountMinor: 500, currency: 'USD' }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ orders }) => {
        const find = async (limit: number, ...amounts: SearchedAmount[]) =>
          numbersOf(await orders.listOrdersOfAmounts({ amounts, limit }));
        const five = { amountMinor: 500, currencies: ['EUR', 'USD', 'CHF'] };
        const fiveYen = { amountMinor: 5, currencies: ['JPY', 'KRW'] };
        expect(await find(9, five)).toEqual([5, 2, 1]);
        expect(await find(2, five)).toEqual([5, 2]);
        expect(await find(9, five, fiveYen)).toEqual([5, 4, 2, 1]);
        expect(await find(9, { ...five, currencies: ['JPY'] })).toEqual([3]);
        expect(await find(9, { ...five, currencies: ['CHF'] })).toEqual([]);
        expect(await find(9, { ...five, currencies: [] })).toEqual([]);
        expect(await find(9)).toEqual([]);
      });
    });

    test('finds any part of the words in any case', async () => {
      await using opened = await open();
      const stored = [
        sampleOrder(1, { reference: 'Cart_9%', customerName: 'Ärger' }),
        sampleOrder(2, { reference: 'cartX9!', customerEmail: 'Bob@Example.org' }),
        sampleOrder(3, { note: 'Call back', items: [item('Blue Prints')] }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async (stores) => {
        const find = async (text: string) => numbersOf((await partsOf(stores, text)).orders);
        expect(await find('cart_9')).toEqual([1]);
        expect(await find('9%')).toEqual([1]);
        expect(await find('9!')).toEqual([2]);
        expect(await find('%')).toEqual([1]);
        expect(await find('äRGER')).toEqual([1]);
        expect(await find('bob@example')).toEqual([2]);
        expect(await find('blue pr')).toEqual([3]);
        expect(await find('call BACK')).toEqual([3]);
        expect(await find('nothing of the kind')).toEqual([]);
        expect(await find(' ')).toEqual([]);
        expect(await find('field guide')).toEqual([2, 1]);
      });
    });

    test.each([
      'ann@example.org',
      `"quoted" 'and' AND OR NEAR(a b) -x* ^y:z {b} \\`,
      '😀👨‍👩‍👧 ẞtraße, ŐRÜLT 漢字かな 50%_!',
      '—“…”',
    ])('finds an order by every part of %j', async (name) => {
      await using opened = await open();
      const stored = [sampleOrder(1, { customerName: name }), sampleOrder(2, { customerName: 'Zoë' })];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      const characters = Array.from(name);
      const parts = characters.flatMap((_, from) =>
        [1, 2, 3, 4, 9, 99].map((length) => characters.slice(from, from + length).join('')),
      );
      await opened.database.read(async (stores) => {
        for (const part of new Set(parts.filter((text) => text.trim() !== ''))) {
          expect([part, numbersOf((await partsOf(stores, part)).orders)]).toEqual([part, expect.arrayContaining([1])]);
        }
        expect(numbersOf((await partsOf(stores, `${name}?`)).orders)).toEqual([]);
      });
    });

    test('finds the note that an order has, and no earlier one', async () => {
      await using opened = await open();
      const change = { status: 'awaiting_payment', updatedAt: noon } as const;
      await opened.database.transaction(async ({ orders }) => {
        const order = sampleOrder(1, { note: 'pays in cash', customerName: 'Ann' });
        await orders.insertOrder(order);
        const changed = await orders.changeOrder(order, { ...change, note: 'sends a cheque' });
        await orders.changeOrder(changed, { ...change, attention: 'why' });
      });
      await opened.database.read(async (stores) => {
        expect(numbersOf((await partsOf(stores, 'cheque')).orders)).toEqual([1]);
        expect(numbersOf((await partsOf(stores, 'ann')).orders)).toEqual([1]);
        expect(numbersOf((await partsOf(stores, 'in cash')).orders)).toEqual([]);
      });
    });

    test('leaves nothing of an order whose transaction was rolled back', async () => {
      await using opened = await open();
      const failing = opened.database.transaction(async ({ orders }) => {
        await orders.insertOrder(sampleOrder(1, { customerName: 'Nobody' }));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await opened.database.transaction((stores) => insertAll(stores, [sampleOrder(1, { customerName: 'Ann' })]));
      expect(numbersOf((await opened.database.read((stores) => partsOf(stores, 'nobody'))).orders)).toEqual([]);
      expect(numbersOf((await opened.database.read((stores) => partsOf(stores, 'ann'))).orders)).toEqual([1]);
    });

    test('finds the newest of very many that have the same words, and says when it gives up', async () => {
      await using opened = await open();
      // Each has the trigrams of "abcabd" and the one it is looked for lies behind all that only seem to have it.
      const seeming = Array.from({ length: 2_100 }, (_, index) =>
        sampleOrder(2 + index, { reference: 'abd abcab bda' }),
      );
      const stored = [sampleOrder(1, { reference: 'abcabda' }), ...seeming];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async (stores) => {
        expect(numbersOf((await partsOf(stores, 'ABCAB', 3)).orders)).toEqual([2101, 2100, 2099]);
        expect(await partsOf(stores, 'abcabda')).toEqual({ orders: [], newest: 2_048 });
        expect(await partsOf(stores, 'abcabdab')).toEqual({ orders: [], newest: null });
      });
    });

    test('looks at the newest for one or two characters, and says so', async () => {
      await using opened = await open();
      const stored = [sampleOrder(1, { reference: 'x9' }), sampleOrder(6_000, { reference: 'y9' })];
      await opened.database.transaction((stores) => insertAll(stores, stored.slice(0, 1)));
      await opened.database.read(async (stores) => {
        expect(await partsOf(stores, 'x9')).toEqual({ orders: stored.slice(0, 1), newest: null });
      });
      await opened.database.transaction((stores) => insertAll(stores, stored.slice(1)));
      await opened.database.read(async (stores) => {
        expect(await partsOf(stores, 'x9')).toEqual({ orders: [], newest: 5_000 });
        expect(await partsOf(stores, 'y9')).toEqual({ orders: stored.slice(1), newest: 5_000 });
      });
    });

    test('finds orders of an earlier release as far as they are indexed', async () => {
      await using opened = await open();
      const name = (number: number) => ({ customerName: `Customer ${number}` });
      const old = [1, 2, 3, 4, 5].map((number) => sampleOrder(number * 2_000, name(number * 2_000)));
      await opened.database.transaction((stores) => insertAll(stores, old));
      await opened.raw('delete from order_trigrams');
      await opened.raw("update counters set value = 10001 where name = 'order_trigrams_from'");
      const find = async (text: string) => {
        const found = await opened.database.read((stores) => partsOf(stores, text));
        return { numbers: numbersOf(found.orders), newest: found.newest };
      };
      const index = () => opened.database.transaction(({ orders }) => orders.indexOrders({ limit: 2 }));
      expect(await find('customer')).toEqual({ numbers: [10_000, 8_000, 6_000], newest: 5_000 });
      await opened.database.transaction(async ({ orders }) => {
        const [oldest] = old;
        if (oldest === undefined) throw new Error('there are five');
        await orders.changeOrder(oldest, { status: oldest.status, updatedAt: noon, note: 'rings twice' });
      });
      expect(await index()).toBe(2);
      expect(await find('customer')).toEqual({ numbers: [10_000, 8_000, 6_000], newest: 5_000 });
      expect(await index()).toBe(2);
      expect(await find('customer')).toEqual({ numbers: [10_000, 8_000, 6_000, 4_000, 2_000], newest: 6_001 });
      expect(await index()).toBe(1);
      expect(await find('customer')).toEqual({ numbers: [10_000, 8_000, 6_000, 4_000, 2_000], newest: null });
      expect(await find('rings twice')).toEqual({ numbers: [2_000], newest: null });
      expect(await index()).toBe(0);
    });
  });
}
