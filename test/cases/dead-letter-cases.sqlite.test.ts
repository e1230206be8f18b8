import { afterEach, beforeEach, expect, test } from 'vitest';
import { raiseDeadLetter, watchDeadLetters } from '#cases/dead-letter-cases.ts';
import { systemActor } from '#kernel/actor.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { discardDeadLetter, redriveDeadLetter } from '#messaging/queues/dead-letters.ts';
import { topics } from '#messaging/queues/topics.ts';
import { sampleEvent, sampleMessage } from '#test/db/contract/samples.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

const liveKeys = async (): Promise<string[]> =>
  (await opened.database.read((stores) => listAlerts(stores, ['open']))).map(({ key }) => key).sort();

async function makeDeadLetters(): Promise<void> {
  const claim = { now: Number.MAX_SAFE_INTEGER, lockedUntil: 0, lockedBy: 'me', limit: 9, suspectedPoison: false };
  await opened.database.transaction(async ({ inbox, outbox }) => {
    await inbox.append(sampleEvent('event'));
    for (const id of ['one', 'two']) await outbox.enqueue(sampleMessage(id));
    await inbox.claimDue({ ...claim, lane: null });
    await outbox.claimDue({ ...claim, lane: null });
    const gone = { lockedBy: 'me', at: deps.clock.now(), reason: 'answered 410' };
    await inbox.abandon({ ...gone, id: 'event' });
    for (const id of ['one', 'two']) await outbox.abandon({ ...gone, id });
  });
}

test('dead letters whose case is missing get one for each kind, once', async () => {
  await makeDeadLetters();
  expect(await watchDeadLetters(deps)).toEqual({ raised: 2, resolved: 0 });
  expect(await watchDeadLetters(deps)).toEqual({ raised: 0, resolved: 0 });
  expect(await liveKeys()).toEqual(['dead_letter:shop.event', 'dead_letter:webhooks of btcpay']);
  const [first] = await opened.database.read((stores) => listAlerts(stores, ['open']));
  expect(first?.facts.why).toBe('answered 410');
});

test('a case ends by itself when the last of its dead letters was tried again or discarded, and not before', async () => {
  await makeDeadLetters();
  await inTransaction(deps, causeOf(systemActor), (tx) => raiseDeadLetter(tx, { what: 'shop.event', reason: 'no' }));
  await watchDeadLetters(deps);
  await redriveDeadLetter(deps, { queue: 'outbox', id: 'one', actor: systemActor });
  await discardDeadLetter(deps, { queue: 'inbox', id: 'event', actor: systemActor });
  expect(await watchDeadLetters(deps)).toEqual({ raised: 0, resolved: 1 });
  expect(await liveKeys()).toEqual(['dead_letter:shop.event']);
  await discardDeadLetter(deps, { queue: 'outbox', id: 'two', actor: systemActor });
  expect(await watchDeadLetters(deps)).toEqual({ raised: 0, resolved: 1 });
  expect(await liveKeys()).toEqual([]);
});

test('a case says in plain words what was given up on', async () => {
  const given = [...Object.keys(topics), 'webhooks of btcpay'];
  for (const what of given) {
    await inTransaction(deps, causeOf(systemActor), (tx) => raiseDeadLetter(tx, { what, reason: 'no' }));
  }
  const cases = await deps.database.read((stores) =>
    stores.cases.listCasesByKeys(given.map((what) => `dead_letter:${what}`)),
  );
  expect(cases.map(({ facts }) => facts.headline).sort()).toEqual([
    'Given up on: alert',
    'Given up on: alerts of a burst',
    'Given up on: cancellation at a provider',
    'Given up on: card of an order in the chat',
    'Given up on: event for the shop',
    'Given up on: refund to send',
    'Given up on: report of a day',
    'Given up on: webhook of BTCPay',
  ]);
});
