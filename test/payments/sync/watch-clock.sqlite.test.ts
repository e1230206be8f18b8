import { afterEach, beforeEach, expect, test } from 'vitest';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { boundWaits, createClockWatch } from '#payments/sync/watch-clock.ts';
import { sampleMessage } from '#test/db/contract/samples.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
  await opened.database.transaction((stores) =>
    stores.outbox.enqueue(sampleMessage('waits', { availableAt: deps.clock.now() + minute })),
  );
});
afterEach(() => opened.remove());

/** For how long the message still waits. */
const waitMs = async (): Promise<number> =>
  ((await opened.database.read((stores) => stores.outbox.find('waits')))?.availableAt ?? 0) - deps.clock.now();

test('a wall clock that is set back leaves nothing waiting for as long: messages and polls are due at once', async () => {
  await placeTestOrder(deps, { nextPollAt: deps.clock.now() + minute });
  const watch = createClockWatch(deps);
  expect(await watch()).toEqual({ setBack: 0 });
  deps.clock.advance(30 * second);
  deps.clock.set(-2 * hour);
  expect(await watch()).toEqual({ setBack: 1 });
  expect(await waitMs()).toBe(0);
  const query = { now: deps.clock.now(), except: [], limit: 9 };
  expect(await opened.database.read((stores) => stores.payments.listPaymentsToPoll(query))).toHaveLength(1);
  expect(await watch()).toEqual({ setBack: 0 });
});

test('a lease that was taken before the wall clock was set back, and not given back, ends as soon as any other', async () => {
  const paymentId = await placeTestOrder(deps, { nextPollAt: deps.clock.now() });
  const now = deps.clock.now();
  await opened.database.transaction((stores) =>
    stores.payments.leasePayment({ id: paymentId, by: 'nobody', now, until: now + 3 * minute }),
  );
  const watch = createClockWatch(deps);
  deps.clock.set(-2 * hour);
  await watch();
  const isFree = () => {
    const query = { now: deps.clock.now(), except: [], limit: 9 };
    return opened.database.read(async (stores) => (await stores.payments.listPaymentsToPoll(query)).length === 1);
  };
  expect(await isFree()).toBe(false);
  deps.clock.advance(4 * minute);
  expect(await isFree()).toBe(true);
});

test('time that passes, a clock set forward, and a correction of a second make nothing due', async () => {
  const watch = createClockWatch(deps);
  deps.clock.advance(20 * second);
  deps.clock.set(-second);
  expect(await watch()).toEqual({ setBack: 0 });
  expect(await waitMs()).toBe(41 * second);
  deps.clock.set(10 * second);
  expect(await watch()).toEqual({ setBack: 0 });
  expect(await waitMs()).toBe(31 * second);
});

test('small corrections add up', async () => {
  const watch = createClockWatch(deps);
  const seen: number[] = [];
  for (let step = 0; step < 6; step += 1) {
    deps.clock.set(-second);
    seen.push((await watch()).setBack);
  }
  expect(seen).toEqual([0, 0, 0, 0, 1, 0]);
});

test('after a start nothing waits for longer than an hour, however far the clock was set back before', async () => {
  deps.clock.set(-3 * day);
  await boundWaits(deps);
  expect(await waitMs()).toBe(hour);
  deps.clock.advance(30 * minute);
  await boundWaits(deps);
  expect(await waitMs()).toBe(30 * minute);
});
