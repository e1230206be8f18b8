// Abandoned messages raise an alert, except for the message of that alert itself.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkers } from '#app/workers.ts';
import { raiseDeadLetter } from '#cases/dead-letter-cases.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute, second } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { topics } from '#messaging/queues/topics.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

function workers(deliver: (message: OutboxMessage) => Promise<DeliveryResult>): ReturnType<typeof createWorkers> {
  const handlers = Object.keys(topics).map((topic) => ({ topic, deliver }));
  return createWorkers({ ...deps, instanceId: 'one' }, { handlers, lanes: ['pager'] });
}

test('alert cards that Telegram never accepts are reported once each and not retried then', async () => {
  await inTransaction(deps, causeOf(systemActor), (tx) =>
    raiseCase(tx, {
      key: 'provider_down:btcpay',
      kind: 'provider_down',
      severity: 'critical',
      provider: 'btcpay',
      facts: { headline: 'Provider does not answer', why: 'timeout' },
    }),
  );
  let attempts = 0;
  const { outbox } = workers(() => {
    attempts += 1;
    if (attempts > 20) throw new Error('the ring rings for itself');
    return Promise.resolve({ kind: 'give_up', reason: 'chat 1: 400: Bad Request: something new' });
  });
  for (const worker of outbox) await worker.drain();
  expect(attempts).toBe(2);
  const letters = await opened.database.read((stores) => stores.outbox.listAbandoned({ before: null, limit: 9 }));
  expect(letters).toHaveLength(2);
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open']));
  expect(alerts.map((alert) => alert.key).sort()).toEqual(['dead_letter:alert.card', 'provider_down:btcpay']);
});

test('an alert about dead letters that is itself given up on is told of once more, under another name', async () => {
  await inTransaction(deps, causeOf(systemActor), (tx) => raiseDeadLetter(tx, { what: 'shop.event', reason: 'gone' }));
  const { outbox } = workers(() => Promise.resolve({ kind: 'give_up', reason: 'it ended the process' }));
  for (const worker of outbox) await worker.drain();
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open']));
  expect(alerts.map(({ key, occurrences }) => [key, occurrences]).sort()).toEqual([
    ['dead_letter:alert.card', 1],
    ['dead_letter:shop.event', 1],
  ]);
});

test('an event of a payment that a crashed process had leased waits until the lease expires', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: {} });
  const now = deps.clock.now();
  await opened.database.transaction(async (stores) => {
    await stores.payments.leasePayment({ id: paymentId, by: 'dead', now, until: now + 3 * minute });
    await stores.inbox.append({
      id: 'event-1',
      receivedAt: now,
      source: 'btcpay',
      eventKey: 'delivery-1',
      eventType: 'InvoiceSettled',
      reference: asProviderReference(paymentId),
      detail: null,
      trust: 'signed',
      body: new Uint8Array(),
    });
  });
  const { inbox } = workers(() => Promise.resolve({ kind: 'done', outcome: 'sent' }));
  for (let waited = 0; waited < 3 * 60 - 1; waited += 1) {
    await inbox.drain();
    deps.clock.advance(second);
  }
  const event = await opened.database.read((stores) => stores.inbox.find('event-1'));
  expect(event).toMatchObject({ abandonedAt: null, lastError: 'the payment is being processed elsewhere' });
  expect(event?.finishedAttempts).toBeLessThan(15);
});

async function receive(reference: string, count: number): Promise<void> {
  const now = deps.clock.now();
  await opened.database.transaction(async (stores) => {
    for (let number = 1; number <= count; number += 1) {
      await stores.inbox.append({
        id: `${reference}-${number}`,
        receivedAt: now,
        source: 'btcpay',
        eventKey: `${reference}-${number}`,
        eventType: 'InvoiceProcessing',
        reference,
        detail: null,
        trust: 'signed',
        body: new Uint8Array(),
      });
    }
  });
}

test('a payment whose provider hangs fills no more than two places, whatever the number of its events', async () => {
  const slow = asProviderReference('hangs');
  await placeTestOrder(deps, { reference: slow });
  await placeTestOrder(deps, { reference: asProviderReference('quick') });
  const providers = createScriptedProviders(['btcpay'], deps.clock);
  const scripted = providers.find('btcpay');
  if (scripted === undefined) throw new Error('btcpay is not on');
  const hanging = Promise.withResolvers<void>();
  const quick = Promise.withResolvers<void>();
  const provider: PaymentProvider = {
    ...scripted,
    async fetchPayment(reference) {
      if (reference === slow) await hanging.promise;
      else quick.resolve();
      return scripted.fetchPayment(reference);
    },
  };
  deps = { ...deps, providers: { ...providers, find: () => provider } };
  await receive('hangs', 20);
  await receive('quick', 1);
  const { inbox } = workers(() => Promise.resolve({ kind: 'done', outcome: 'sent' }));
  await inbox.start();
  await quick.promise;
  const waiting = await opened.database.read((stores) => stores.inbox.find('hangs-20'));
  expect(waiting).toMatchObject({
    startedAttempts: 0,
    finishedAttempts: 0,
    availableAt: deps.clock.now() + second / 2,
  });

  hanging.resolve();
  await inbox.stop();
  const later = workers(() => Promise.resolve({ kind: 'done', outcome: 'sent' })).inbox;
  for (let round = 0; round < 20; round += 1) {
    deps.clock.advance(2 * second);
    await later.drain();
  }
  for (let number = 1; number <= 20; number += 1) {
    const event = await opened.database.read((stores) => stores.inbox.find(`hangs-${number}`));
    expect(event).toMatchObject({ processedAt: expect.any(Number), finishedAttempts: 1, startedAttempts: 1 });
  }
});
