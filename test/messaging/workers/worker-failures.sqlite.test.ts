// What a worker does when attempts hang, when the process died before, and when the lane has to wait.
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { day, minute, second } from '#kernel/clock.ts';
import { createIds } from '#kernel/ids.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { crashesMax, createWorker, type Worker } from '#messaging/workers/worker.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

let opened: TestDatabase;
let clock: TestClock;
beforeEach(async () => {
  clock = createTestClock();
  opened = await openTestDatabase({ clock, lockWaitMaxMs: 50 });
});
afterEach(() => opened.remove());

const random = createSeededRandom(11);
const log = createRecordingLog();

function worker(handle: (row: OutboxMessage) => Promise<DeliveryResult>): Worker {
  return createWorker<OutboxMessage, PaymentStores>(
    {
      database: opened.database,
      clock,
      ids: createIds({ clock, random }),
      random,
      log,
      instanceId: 'one',
    },
    {
      name: 'outbox:shop',
      lane: 'shop',
      concurrency: 2,
      attemptTimeoutMs: 30 * second,
      sweepMs: second,
      queueOf: (stores) => stores.outbox,
      handle,
      onAbandoned: () => Promise.resolve(),
      policy: { firstDelayMs: second, delayMaxMs: minute, attemptsMax: 9 },
    },
  );
}

async function enqueue(key: string): Promise<string> {
  const id = createIds({ clock, random }).newId();
  const times = { receivedAt: clock.now(), availableAt: clock.now() };
  await opened.database.transaction((stores) =>
    stores.outbox.enqueue({ id, key, topic: 'shop.event', lane: 'shop', priority: 1, payload: {}, ...times }),
  );
  return id;
}

async function dieWithEverythingDue(): Promise<void> {
  const claim = { lane: 'shop', now: clock.now(), lockedUntil: clock.now() + 1, lockedBy: 'dead', limit: 9 };
  await opened.database.transaction((stores) => stores.outbox.claimDue({ ...claim, suspectedPoison: false }));
  clock.advance(second);
}

test('an attempt that hangs delays no other', async () => {
  const hanging = Promise.withResolvers<DeliveryResult>();
  const quick = Promise.withResolvers<string>();
  await enqueue('hangs');
  const begun = Promise.withResolvers<void>();
  const worked = worker((row) => {
    if (row.key === 'hangs') {
      begun.resolve();
      return hanging.promise;
    }
    quick.resolve(row.key);
    return Promise.resolve({ kind: 'done', outcome: 'sent' });
  });
  await worked.start();
  await begun.promise;
  clock.advance(10 * second);
  await enqueue('quick');
  worked.wake();
  expect(await quick.promise).toBe('quick');
  hanging.resolve({ kind: 'done', outcome: 'sent' });
  await worked.stop();
});

test('a suspected poison message waits until no other is in progress', async () => {
  const together: string[][] = [];
  const inHand = new Set<string>();
  const hanging = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  await enqueue('suspect');
  const worked = worker(async (row) => {
    inHand.add(row.key);
    together.push([...inHand]);
    if (row.key === 'hangs') begun.resolve();
    if (row.key === 'hangs') await hanging.promise;
    inHand.delete(row.key);
    if (row.key === 'suspect') ended.resolve();
    return { kind: 'done', outcome: 'sent' };
  });
  const claim = { lane: 'shop', now: clock.now(), lockedUntil: clock.now() + minute, lockedBy: 'dead', limit: 9 };
  await opened.database.transaction((stores) => stores.outbox.claimDue({ ...claim, suspectedPoison: false }));
  await enqueue('hangs');
  await worked.start();
  await begun.promise;
  clock.advance(minute);
  worked.wake();
  hanging.resolve();
  await ended.promise;
  await worked.stop();
  expect(together).toEqual([['hangs'], ['suspect']]);
});

test('a message that was in progress at a crash and then fails in the ordinary way is not suspected any more', async () => {
  const id = await enqueue('innocent');
  await dieWithEverythingDue();
  const worked = worker(() => Promise.resolve({ kind: 'retry', error: 'answered 500', retryAfterMs: null }));
  await worked.drain();
  const row = await opened.database.read((stores) => stores.outbox.find(id));
  expect(row?.lastError).toBe('answered 500');
  expect(row?.startedAttempts).toBe(row?.finishedAttempts);
});

test('what was sent while the database was away is settled when it is back, and not sent again', async () => {
  const id = await enqueue('sent');
  const other = new BetterSqlite3(opened.file);
  let sends = 0;
  const sent = Promise.withResolvers<void>();
  const worked = worker(async () => {
    sends += 1;
    other.exec('begin immediate');
    sent.resolve();
    return { kind: 'done', outcome: 'sent' };
  });
  await worked.start();
  await sent.promise;
  await expect.poll(() => log.events.some(({ message }) => message === 'message not settled')).toBe(true);
  other.exec('rollback');
  other.close();
  await expect
    .poll(async () => {
      clock.advance(second);
      return (await opened.database.read((stores) => stores.outbox.find(id)))?.processedAt;
    })
    .toBeGreaterThan(0);
  await worked.stop();
  expect(sends).toBe(1);
});

test('a message whose end could not be written down for a long time is not sent again, and has not crashed its process', async () => {
  const id = await enqueue('sent');
  const find = () => opened.database.read((stores) => stores.outbox.find(id));
  const other = new BetterSqlite3(opened.file);
  other.exec(`create trigger full_disk before update of processed_at on outbox_messages when new.processed_at is not null
    begin select raise(abort, 'database or disk is full'); end`);
  let sends = 0;
  const worked = worker(() => {
    sends += 1;
    return Promise.resolve({ kind: 'done', outcome: 'sent' });
  });
  await worked.start();
  const leases = new Set<unknown>();
  await expect
    .poll(async () => {
      clock.advance(31 * second);
      leases.add((await find())?.lockedUntil);
      return leases.size;
    })
    .toBeGreaterThan(crashesMax + 2);
  expect(sends).toBe(1);
  expect(await find()).toMatchObject({ processedAt: null, abandonedAt: null, startedAttempts: 1, finishedAttempts: 0 });
  other.exec('drop trigger full_disk');
  other.close();
  await expect
    .poll(async () => {
      clock.advance(second);
      return (await find())?.processedAt;
    })
    .toBeGreaterThan(0);
  await worked.stop();
  expect(sends).toBe(1);
  expect(await find()).toMatchObject({ abandonedAt: null, startedAttempts: 1, finishedAttempts: 1 });
});

test.each([
  ['no wait at all', 0, { least: second / 2, most: second }],
  ['a short wait', 2 * second, { least: 2 * second, most: 2 * second }],
  ['a wait of years', 900 * day, { least: day, most: day }],
])(
  'a receiver that asks for %s is asked again no sooner than by our own pace, and within a day',
  async (_what, retryAfterMs, wait) => {
    const id = await enqueue('asks');
    const worked = worker(() => Promise.resolve({ kind: 'retry', error: 'answered 503', retryAfterMs }));
    expect(await worked.drain()).toBe(1);
    const row = await opened.database.read((stores) => stores.outbox.find(id));
    expect(row).toMatchObject({ finishedAttempts: 1, abandonedAt: null });
    const waitMs = (row?.availableAt ?? 0) - clock.now();
    expect(waitMs).toBeGreaterThanOrEqual(wait.least);
    expect(waitMs).toBeLessThanOrEqual(wait.most);
  },
);
