import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { compareDecimals, subtractDecimals } from '#kernel/money.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { abilities, providersThat } from '#test/support/providers/abilities.ts';
import { cases } from './registry.ts';
import { listAll, openShop } from './shop.ts';

// What a buyer does, and what the adapter shows of it.

const rows = providersThat('canCreate', 'canFetch').flatMap((name) =>
  cases[name].states.map((state) => ({ name, ...state })),
);

describe.each(rows)('$name after $visits', ({ name, visits, shows, paid }) => {
  test(`shows ${JSON.stringify(shows)}`, async () => {
    await using shop = await openShop(name);
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    for (const action of visits) await shop.visit(reference, action);
    const snapshot = await shop.provider.fetchPayment(reference, await shop.lookOptions(reference, request));
    expect(snapshot).toMatchObject(shows);
    const { settlement } = snapshot;
    expect(settlement === null ? undefined : compareDecimals(settlement.received, settlement.expected)).toBe(paid);
    expectSoundFigures(snapshot);
    if (!abilities[name].canList) return;
    // The list shows the same as a fetch, except for the transactions and their coin.
    const [listed] = await listAll(shop.provider, { from: shop.clock.now() - minute, to: shop.clock.now() + minute });
    expect({ ...listed, transactionIds: [], coin: null }).toEqual({ ...snapshot, transactionIds: [], coin: null });
  });
});

/** Fee and net are shown for received money, and add up to it where all three are in one unit. */
function expectSoundFigures({ fees, settlement }: PaymentSnapshot): void {
  if (fees === null) return;
  expect(settlement).not.toBeNull();
  expect(fees.asset).not.toBe('');
  for (const amount of [fees.fee, fees.net]) expect(compareDecimals(amount, '0')).toBeGreaterThanOrEqual(0);
  if (settlement?.asset !== fees.asset) return;
  expect(compareDecimals(subtractDecimals(settlement.received, fees.fee), fees.net)).toBe(0);
}
