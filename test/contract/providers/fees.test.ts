import { describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { FeesProvider } from '#payments/ports/fees-provider.ts';
import { bitpayClient } from '#test/sandbox/providers/clients.ts';
import { abilities } from '#test/support/providers/abilities.ts';
import { openShop } from './shop.ts';

test.each(providerNames)('%s reports fees and settlements and is tested here, or does not', async (name) => {
  await using shop = await openShop(name);
  expect(shop.provider.fees !== null).toBe(abilities[name].fees === 'ledger');
});

describe('bitpay', () => {
  async function openBooks() {
    const shop = await openShop('bitpay');
    const fees = shop.provider.fees as FeesProvider;
    const start = shop.clock.now();
    const sell = async (amountMinor: number, currency = 'USD'): Promise<string> => {
      const { reference } = await shop.provider.createPayment(shop.anOrder({ money: { amountMinor, currency } }));
      await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
      await shop.sandbox.visit({ provider: 'bitpay', reference, action: 'complete' });
      return reference;
    };
    const listFees = async (window = { from: start, to: start + 30 * day }) =>
      (await Array.fromAsync(fees.listFees(window))).flat();
    const listSettlements = async (window = { from: start, to: start + 30 * day }) =>
      (await Array.fromAsync(fees.listSettlements(window))).flat();
    return { ...shop, start, sell, listFees, listSettlements, [Symbol.asyncDispose]: shop[Symbol.asyncDispose] };
  }

  test('reports the fee and the net of every payment, in the currency of each ledger', async () => {
    await using books = await openBooks();
    const first = await books.sell(4910);
    books.clock.set(books.start + 10 * day);
    const second = await books.sell(10_050, 'EUR');
    await books.provider.createPayment(books.anOrder());
    expect(await books.listFees()).toEqual([
      { reference: first, fee: '0.49', net: '48.61', asset: 'USD', at: books.start },
      { reference: second, fee: '1.01', net: '99.49', asset: 'EUR', at: books.start + 10 * day },
    ]);
  });

  test('leaves out what was credited before the window or after it', async () => {
    await using books = await openBooks();
    await books.sell(1000);
    books.clock.set(books.start + hour);
    const inside = await books.sell(2000);
    books.clock.set(books.start + 2 * hour);
    await books.sell(3000);
    const window = { from: books.start + hour, to: books.start + 2 * hour };
    expect((await books.listFees(window)).map(({ reference }) => reference)).toEqual([inside]);
  });

  test('does not count a refund as a fee', async () => {
    await using books = await openBooks();
    const reference = await books.sell(4910);
    await bitpayClient(books.sandbox).signed('POST', '/refunds', { fields: { invoiceId: reference, amount: 49.1 } });
    await books.sandbox.visit({ provider: 'bitpay', reference, action: 'complete_refund' });
    expect(await books.listFees()).toMatchObject([{ reference, fee: '0.49', net: '48.61' }]);
  });

  test('reports the settlement of each day, its payments, and when it arrived', async () => {
    await using books = await openBooks();
    const references = [await books.sell(4910), await books.sell(1000)];
    books.clock.set(books.start + day);
    books.sandbox.tick();
    const [made, ...others] = await books.listSettlements();
    const closing = Math.floor((books.start + day) / day) * day;
    expect(others).toEqual([]);
    expect(made).toMatchObject({ currency: 'USD', amount: '58.51', status: 'completed', references });
    expect(made).toMatchObject({ from: closing - day, to: closing, at: closing + 3 * hour });
    expect(await books.listSettlements({ from: closing + minute, to: closing + day })).toEqual([]);
  });

  test('reads the ledger of several months in parts, with the same result each time', async () => {
    await using books = await openBooks();
    const references: string[] = [];
    for (let week = 0; week < 9; week += 1) {
      books.clock.set(books.start + week * 7 * day);
      references.push(await books.sell(1000 + week));
    }
    const window = { from: books.start, to: books.start + 100 * day };
    const fees = await books.listFees(window);
    expect(fees.map(({ reference }) => reference)).toEqual(references);
    expect(await books.listFees(window)).toEqual(fees);
  });

  test('reports no fees for a set-up with a pos token only', async () => {
    await using shop = await openShop('bitpay', { environment: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
    expect(shop.provider.fees).toBeNull();
  });
});
