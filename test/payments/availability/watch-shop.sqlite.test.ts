// When the case that the shop is not told of its orders begins and ends, by a clock that stands still for hours.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { hour, second } from '#kernel/clock.ts';
import { createAwakeTime } from '#kernel/process.ts';
import { createShopWatch, type WatchShop } from '#payments/availability/watch-shop.ts';
import { sampleMessage } from '#test/db/contract/samples.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let watch: WatchShop;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
  start();
});
afterEach(() => opened.remove());

function start(): void {
  watch = createShopWatch({ ...deps, awake: createAwakeTime(deps.clock) });
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 15 * second) {
    deps.clock.advance(15 * second);
    await watch();
  }
}

async function sell(id: string): Promise<void> {
  const at = deps.clock.now();
  const payload = { order: { id, number: `T-${id}` } };
  const message = sampleMessage(id, { receivedAt: at, availableAt: at, payload });
  await opened.database.transaction((stores) => stores.outbox.enqueue(message));
}

async function giveUp(id: string): Promise<void> {
  const now = deps.clock.now();
  await opened.database.transaction(async ({ outbox }) => {
    const lease = { lane: null, now, lockedUntil: now + 1, lockedBy: 'me', limit: 9, suspectedPoison: false };
    await outbox.claimDue(lease);
    await outbox.abandon({ id, lockedBy: 'me', at: now, reason: '80 attempts failed' });
  });
}

async function tell(id: string): Promise<void> {
  const now = deps.clock.now();
  await opened.database.transaction(async ({ outbox }) => {
    const lease = { lane: null, now, lockedUntil: now + 1, lockedBy: 'me', limit: 9, suspectedPoison: false };
    for (const row of await outbox.claimDue(lease)) {
      if (row.id === id) await outbox.markProcessed({ ids: [id], lockedBy: 'me', at: now, outcome: 'sent' });
    }
  });
}

const found = async (): Promise<Case | undefined> =>
  (await opened.database.read((stores) => stores.cases.listCasesByKeys(['shop_untold'])))[0];

test('a shop that was not told for two minutes is a case', async () => {
  await pass(5 * 60 * second);
  await sell('1');
  await pass(90 * second);
  expect(await found()).toBeUndefined();
  await pass(30 * second);
  expect(await found()).toMatchObject({ status: 'open', facts: { headline: 'Shop not told of 1 order' } });
  await tell('1');
  await watch();
  expect(await found()).toMatchObject({ status: 'resolved' });
});

test('a process that stood still for hours rings only if the shop is not told after that either', async () => {
  await pass(5 * 60 * second);
  await sell('1');
  await sell('2');
  deps.clock.advance(8 * hour);
  await watch();
  expect(await found()).toBeUndefined();
  await tell('1');
  await pass(60 * second);
  expect(await found()).toBeUndefined();
  await pass(60 * second);
  expect(await found()).toMatchObject({ status: 'open', facts: { headline: 'Shop not told of 1 order' } });
});

test('a process that has just started neither rings nor takes back what another has found', async () => {
  await pass(5 * 60 * second);
  await sell('1');
  start();
  await pass(75 * second);
  expect(await found()).toBeUndefined();
  await pass(60 * second);
  expect(await found()).toMatchObject({ status: 'open' });
  deps.clock.advance(8 * hour);
  start();
  await pass(90 * second);
  expect(await found()).toMatchObject({ status: 'open', occurrences: 1 });
});

test('says what is sent again, and what only a person sends again', async () => {
  await pass(5 * 60 * second);
  await sell('1');
  await pass(120 * second);
  const detail = async () => (await found())?.facts.detail;
  expect(await detail()).toBe('T-1. They are sent again until the shop answers with success.');
  await giveUp('1');
  await watch();
  expect(await found()).toMatchObject({ status: 'open', facts: { why: '80 attempts failed' } });
  expect(await detail()).toBe('T-1. What they tell was given up on: see /deadletters to try again or to discard it.');
  await sell('2');
  await pass(120 * second);
  expect(await detail()).toContain('T-1, T-2. They are sent again, but for what was given up on: see /deadletters');
});
