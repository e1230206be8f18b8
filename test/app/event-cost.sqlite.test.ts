// What one event of a payment costs the database, from its arrival until everybody is told. The figures are no aim: they are
// here so that nobody adds to them without noticing.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allLanes, createWorkers, type Workers } from '#app/workers.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { readQueueDepths } from '#messaging/queues/read-queue-depths.ts';
import { topics } from '#messaging/queues/topics.ts';
import { sampleEvent } from '#test/db/contract/samples.ts';
import { countStatements } from '#test/support/database/count-statements.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let workers: Workers;
let told: string[];
beforeEach(async () => {
  opened = await openTestDatabase({ onQueued: (queue, dueAt) => workers.wake(queue, dueAt) });
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers };
  told = [];
  const handlers = Object.keys(topics).map((topic) => ({
    topic,
    deliver: async () => {
      told.push(topic);
      return { kind: 'done', outcome: 'told' } as const;
    },
  }));
  workers = createWorkers({ ...deps, instanceId: opened.database.holder }, { lanes: allLanes, handlers });
  for (const worker of [workers.inbox, ...workers.outbox]) await worker.start();
  await placeTestOrder(deps, { reference: asProviderReference('one') });
  await costOf('opened');
  told = [];
});
afterEach(async () => {
  await Promise.all([workers.inbox, ...workers.outbox].map((worker) => worker.stop()));
  await opened.remove();
});

async function isQuiet(): Promise<boolean> {
  const { inbox, outbox } = await readQueueDepths(deps);
  return [...inbox, ...outbox].every(({ waiting }) => waiting === 0);
}

async function costOf(id: string): Promise<{ statements: number; transactions: number }> {
  const event = sampleEvent(id, { source: 'btcpay', reference: 'one', receivedAt: deps.clock.now() });
  let looks = 0;
  const { texts, transactions } = await countStatements(async () => {
    await deps.database.transaction((stores) => stores.inbox.append(event));
    const isOver = (): Promise<boolean> => {
      looks += 1;
      return isQuiet();
    };
    await awaitUntil(isOver, { what: 'the end of all that the event caused' });
  });
  // The test's own looks at the queues are four each.
  return { statements: texts.length - looks * 4, transactions };
}

const paid = { expected: '49.00', received: '49.00', asset: 'USD' };

test('a payment that is paid asks the database 22 times, in seven transactions', async () => {
  providers.shows('one', { state: 'confirmed', providerStatus: 'Settled', settlement: paid, transactionIds: ['t'] });
  const { statements, transactions } = await costOf('settled');
  expect(statements).toBeLessThanOrEqual(22);
  expect(transactions).toBeLessThanOrEqual(7);
  // Its card is open in no chat.
  expect(told).toEqual(['shop.event']);
});

test('an event that says nothing new asks it ten times, in five transactions', async () => {
  const { statements, transactions } = await costOf('again');
  expect(statements).toBeLessThanOrEqual(10);
  expect(transactions).toBeLessThanOrEqual(5);
  expect(told).toEqual([]);
});
