import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { createIds } from '#kernel/ids.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { crashesMax, createWorker, type Worker } from '#messaging/workers/worker.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { countStatements } from '#test/support/database/count-statements.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

let opened: TestDatabase;
let clock: TestClock;
beforeEach(async () => {
  clock = createTestClock();
  opened = await openTestDatabase({ clock });
});
afterEach(() => opened.remove());

const random = createSeededRandom(7);

function worker(
  handle: (row: OutboxMessage) => Promise<DeliveryResult>,
  differences: { instanceId?: string; attemptsMax?: number; abandoned?: string[] } = {},
): Worker {
  const { instanceId = 'one', attemptsMax = 3, abandoned = [] } = differences;
  return createWorker<OutboxMessage, PaymentStores>(
    {
      database: opened.database,
      clock,
      ids: createIds({ clock, random }),
      random,
      log: createRecordingLog(),
      instanceId,
    },
    {
      name: 'outbox:shop',
      queueOf: (stores) => stores.outbox,
      lane: 'shop',
      handle,
      onAbandoned: (_tx, { reason }) => {
        abandoned.push(reason);
        return Promise.resolve();
      },
      policy: { firstDelayMs: second, delayMaxMs: minute, attemptsMax },
      concurrency: 4,
      attemptTimeoutMs: 30 * second,
      sweepMs: second,
    },
  );
}

async function enqueue(key: string, priority = 1): Promise<string> {
  const id = createIds({ clock, random }).newId();
  const now = clock.now();
  await opened.database.transaction((stores) =>
    stores.outbox.enqueue({
      id,
      key,
      topic: 'shop.event',
      lane: 'shop',
      priority,
      payload: {},
      receivedAt: now,
      availableAt: now,
    }),
  );
  return id;
}

const find = (id: string): Promise<OutboxMessage | undefined> =>
  opened.database.read((stores) => stores.outbox.find(id));

/** The row as a process leaves it that crashes while it works on it. */
async function dieWith(id: string): Promise<void> {
  const now = clock.now();
  const claim = { lane: 'shop', now, lockedUntil: now + 1, lockedBy: `dead at ${now}`, limit: 1 };
  for (const suspectedPoison of [true, false]) {
    await opened.database.transaction((stores) => stores.outbox.claimDue({ ...claim, suspectedPoison }));
  }
  clock.advance(second);
  const row = await find(id);
  expect(row?.startedAttempts).toBeGreaterThan(row?.finishedAttempts ?? 0);
}

const isEmpty = async (): Promise<boolean> =>
  (await opened.database.read((stores) => stores.outbox.depths(clock.now()))).length === 0;

describe('a worker', () => {
  test('settles what is due, by priority, and nothing twice', async () => {
    const order: string[] = [];
    await enqueue('later', 2);
    await enqueue('first', 0);
    const worked = worker((row) => {
      order.push(row.key);
      return Promise.resolve({ kind: 'done', outcome: 'sent' });
    });
    expect(await worked.drain()).toBe(2);
    expect(await worked.drain()).toBe(0);
    expect(order).toEqual(['first', 'later']);
  });

  test('tries again after a failure, ever later, and makes a dead letter after the last attempt', async () => {
    const abandoned: string[] = [];
    let tries = 0;
    const id = await enqueue('refused');
    const worked = worker(
      () => {
        tries += 1;
        return Promise.resolve({ kind: 'retry', error: 'answered 500', retryAfterMs: null });
      },
      { abandoned },
    );
    await worked.drain();
    expect(await worked.drain()).toBe(0);
    for (let round = 0; round < 5; round += 1) {
      clock.advance(minute);
      await worked.drain();
    }
    expect(tries).toBe(3);
    expect(abandoned).toEqual(['3 attempts failed; the last: answered 500']);
    expect((await find(id))?.abandonedAt).not.toBeNull();
  });

  test('takes a throw for a failed attempt', async () => {
    const id = await enqueue('thrown');
    await worker(() => Promise.reject(new Error('connection reset'))).drain();
    expect(await find(id)).toMatchObject({ finishedAttempts: 1, lastError: 'Error: connection reset', lockedBy: null });
  });

  test('makes a dead letter of a message that ended the process three times, and spares its neighbours', async () => {
    const abandoned: string[] = [];
    const handled: string[] = [];
    const poison = await enqueue('poison', 0);
    for (let crash = 0; crash < crashesMax; crash += 1) await dieWith(poison);
    const neighbour = await enqueue('neighbour', 1);
    const worked = worker(
      (row) => {
        handled.push(row.key);
        return Promise.resolve({ kind: 'done', outcome: 'sent' });
      },
      { abandoned },
    );
    await worked.drain();
    expect(handled).toEqual(['neighbour']);
    expect(abandoned).toEqual(['the process crashed 3 times while this was in progress']);
    expect((await find(poison))?.abandonedAt).not.toBeNull();
    expect((await find(neighbour))?.processedAt).not.toBeNull();
  });

  test('works alone on a message that was in progress at a crash', async () => {
    const inHand = new Set<string>();
    let together = 0;
    const suspect = await enqueue('suspect', 0);
    await dieWith(suspect);
    await enqueue('a');
    await enqueue('b');
    const worked = worker(async (row) => {
      inHand.add(row.key);
      await Promise.resolve();
      if (inHand.has('suspect') && inHand.size > 1) together += 1;
      inHand.delete(row.key);
      return { kind: 'done', outcome: 'sent' };
    });
    expect(await worked.drain()).toBe(3);
    expect(together).toBe(0);
  });

  test('gives up at once on a message that its receiver will never accept', async () => {
    const abandoned: string[] = [];
    await enqueue('hopeless');
    await worker(() => Promise.resolve({ kind: 'give_up', reason: 'can not parse entities' }), { abandoned }).drain();
    expect(abandoned).toEqual(['can not parse entities']);
  });

  test('started, sleeps until it is woken and stops with nothing in progress', async () => {
    const settled = Promise.withResolvers<string>();
    const worked = worker((row) => {
      settled.resolve(row.key);
      return Promise.resolve({ kind: 'done', outcome: 'sent' });
    });
    await worked.start();
    await enqueue('rung for');
    worked.wake();
    expect(await settled.promise).toBe('rung for');
    await worked.stop();
    expect(worked.lastClaimAt()).toBe(clock.now());
  });

  test('woken once, works off more than it may have in hand, and looks for no more than there is', async () => {
    const handled: string[] = [];
    const worked = worker((row) => {
      handled.push(row.key);
      return Promise.resolve({ kind: 'done', outcome: 'sent' });
    });
    await worked.start();
    for (let index = 0; index < 10; index += 1) await enqueue(`${index}`);
    worked.wake();
    await awaitUntil(() => handled.length === 10, { what: 'all of them' });
    await awaitUntil(isEmpty, { what: 'the end of the last one' });
    const idle = await countStatements(async () => {
      await enqueue('one more');
      worked.wake();
      await awaitUntil(() => handled.length === 11, { what: 'one more' });
      await worked.stop();
    });
    // Stored, looked for, claimed, settled.
    expect(idle).toMatchObject({ transactions: 3 });
    expect(idle.texts).toHaveLength(4);
    // Suspected poison messages were looked for at the start; until a sweep is over they are not looked for again.
    expect(idle.texts.filter((text) => /started_attempts" > /.test(text))).toEqual([]);
  });

  test('settles what ends together in one transaction, and claims in it what takes the places', async () => {
    let inHand = 0;
    let most = 0;
    const ids: string[] = [];
    for (let index = 0; index < 40; index += 1) ids.push(await enqueue(`${index}`));
    const worked = worker(async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => setImmediate(resolve));
      inHand -= 1;
      return { kind: 'done', outcome: 'sent' };
    });
    const { transactions } = await countStatements(async () => {
      expect(await worked.drain()).toBe(40);
    });
    // Four at once are ten rounds; a transaction for each end and each claim would be eighty.
    expect(transactions).toBeLessThanOrEqual(12);
    expect(most).toBe(4);
    for (const id of ids) expect(await find(id)).toMatchObject({ startedAttempts: 1, finishedAttempts: 1 });
  });

  test('settles each that can be settled, also when one that ended together with it can not', async () => {
    const [broken, sound] = [await enqueue('first'), await enqueue('second')];
    const other = new BetterSqlite3(opened.file);
    other.exec(`create trigger broken before update of processed_at on outbox_messages when new.id = '${broken}'
      begin select raise(abort, 'not this one'); end`);
    const worked = worker(() => Promise.resolve({ kind: 'done', outcome: 'sent' }));
    await worked.start();
    await expect.poll(async () => (await find(sound))?.processedAt).toBeGreaterThan(0);
    expect((await find(broken))?.processedAt).toBeNull();
    other.exec('drop trigger broken');
    other.close();
    await expect
      .poll(async () => {
        clock.advance(second);
        return (await find(broken))?.processedAt;
      })
      .toBeGreaterThan(0);
    await worked.stop();
  });
});
