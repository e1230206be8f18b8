import { expect, test } from 'vitest';
import type { PaymentId } from '#kernel/ids.ts';
import { listOrderViews } from '#payments/lifecycle/get-order.ts';
import { loadOrderView, timelineShownMax } from '#payments/lifecycle/order-view.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, detailsOf, placeTestOrder, showSnapshot } from '#test/support/scenario-kits/payment-kit.ts';

test.each([0, timelineShownMax * 2])(
  'a page shows each order as it is shown by itself, also one with %s lines more',
  async (more) => {
    await using opened = await openTestDatabase();
    const deps = createTestDeps(opened.database);
    const paymentIds: PaymentId[] = [];
    for (const shows of [
      { state: 'confirmed', settlement: { expected: '0.00053', received: '0.00053', asset: 'BTC' } },
      { state: 'expired', providerStatus: 'Expired' },
    ] as const) {
      const paymentId = await placeTestOrder(deps);
      await showSnapshot(deps, { paymentId, shows });
      paymentIds.push(paymentId);
      deps.clock.advance(1);
    }
    const [first] = await Promise.all(paymentIds.map((paymentId) => detailsOf(deps, paymentId)));
    if (first === undefined) throw new Error('there are two orders');
    const { order, timeline } = first;
    const [line] = timeline;
    if (line === undefined) throw new Error('an order has a first line');
    await deps.database.transaction(async (stores) => {
      for (let at = 1; at <= more; at += 1)
        await stores.timeline.append({ ...line, id: `more-${at}`, at: line.at + at });
    });
    const page = await listOrderViews(deps, { statuses: null, cursor: null, limit: 2 });
    if (page.kind !== 'page') throw new Error(page.kind);
    const alone = await deps.database.read(async (stores) => {
      const orders = await stores.orders.listOrders({ statuses: null, before: null, limit: 2 });
      const views = [];
      for (const one of orders) views.push(await loadOrderView(stores, one));
      return views;
    });
    expect(page.orders).toEqual(alone);
    expect(page.orders).toHaveLength(2);
    expect(page.orders.find(({ id }) => id === order.id)?.timeline).toHaveLength(
      Math.min(timelineShownMax, timeline.length + more),
    );
  },
);
