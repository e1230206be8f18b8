import { describe, expect, test } from 'vitest';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import type { ClaimRequest } from '#messaging/queues/queue-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleEvent, sampleMessage } from './samples.ts';

const claimBy = (lockedBy: string, change: Partial<ClaimRequest> = {}): ClaimRequest => ({
  lane: null,
  now: noon,
  lockedUntil: noon + 60_000,
  lockedBy,
  limit: 10,
  suspectedPoison: false,
  ...change,
});
const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

export function describeQueues(open: OpenContractDatabase): void {
  describe('a queue', () => {
    test('gives eight workers disjoint work', async () => {
      await using opened = await open();
      const { database } = opened;
      const all = Array.from({ length: 60 }, (_, index) => `event-${String(index).padStart(2, '0')}`);
      await database.transaction(async (stores) => {
        for (const id of all) await stores.inbox.append(sampleEvent(id));
      });
      const workers = Array.from({ length: 8 }, async (_, worker) => {
        const taken: string[] = [];
        for (let round = 0; round < 30; round += 1) {
          const claim = claimBy(`worker-${worker}`, { limit: 3 });
          taken.push(...idsOf(await database.transaction((stores) => stores.inbox.claimDue(claim))));
        }
        return taken;
      });
      const taken = (await Promise.all(workers)).flat();
      expect(taken.toSorted()).toEqual(all);
    });

    test('keeps the bytes of an event and the payload of a message as they were', async () => {
      await using opened = await open();
      const { database } = opened;
      const event = sampleEvent('a', { body: new Uint8Array([0, 255, 10, 13, 0]) });
      const message = sampleMessage('b');
      await database.transaction(async (stores) => {
        expect(await stores.inbox.append(event)).toBe(true);
        expect(await stores.inbox.append({ ...event, id: 'other' })).toBe(false);
        expect(await stores.inbox.append({ ...event, id: 'c', source: 'bitpay' })).toBe(true);
        expect(await stores.outbox.enqueue(message)).toBe(true);
        expect(await stores.outbox.enqueue({ ...message, id: 'other' })).toBe(false);
      });
      await database.read(async (stores) => {
        const stored = await stores.inbox.find('a');
        expect(stored && new Uint8Array(stored.body)).toEqual(event.body);
        expect(stored).toMatchObject({ availableAt: noon, startedAttempts: 0, outcome: null, lockedBy: null });
        expect(await stores.outbox.find('b')).toEqual({
          ...message,
          subject: null,
          turn: null,
          lockedUntil: null,
          lockedBy: null,
          processedAt: null,
          abandonedAt: null,
          lastError: null,
          startedAttempts: 0,
          finishedAttempts: 0,
        } satisfies OutboxMessage);
        expect(await stores.outbox.find('other')).toBeUndefined();
      });
    });

    test('knows the first message that is ahead of another of its subject, by turn and id, until that is settled', async () => {
      await using opened = await open();
      const { database } = opened;
      const put = (id: string, turn: number, subject = 'order:1') =>
        database.transaction((stores) =>
          stores.outbox.enqueue(sampleMessage(id, { subject, turn, availableAt: noon + turn })),
        );
      const aheadOf = (id: string, turn: number, subject = 'order:1') =>
        database.read((stores) => stores.outbox.findAhead({ id, turn, subject }));
      await put('c', 3);
      await put('b', 7);
      await put('a', 7);
      await put('d', 1, 'order:2');
      expect(await aheadOf('c', 3)).toBeUndefined();
      expect(await aheadOf('a', 7)).toBe(noon + 3);
      const claim = claimBy('me', { now: noon + 3 });
      await database.transaction((stores) => stores.outbox.claimDue(claim));
      expect(await aheadOf('a', 7)).toBe(noon + 3);
      await database.transaction((stores) =>
        stores.outbox.markProcessed({ ids: ['c'], lockedBy: 'me', at: noon, outcome: 'answered 200' }),
      );
      expect(await aheadOf('a', 7)).toBeUndefined();
      expect(await aheadOf('b', 7)).toBe(noon + 7);
      expect(await aheadOf('e', 7, 'order:2')).toBe(noon + 1);
      expect(await aheadOf('e', 7, 'order:3')).toBeUndefined();
    });

    test('is worked by lane, priority, time and id, and only what is due', async () => {
      await using opened = await open();
      const { database } = opened;
      await database.transaction(async (stores) => {
        await stores.outbox.enqueue(sampleMessage('late', { priority: 0, availableAt: noon + 1 }));
        await stores.outbox.enqueue(sampleMessage('second', { availableAt: noon - 1, priority: 2 }));
        await stores.outbox.enqueue(sampleMessage('b-first', { priority: 1 }));
        await stores.outbox.enqueue(sampleMessage('a-first', { priority: 1 }));
        await stores.outbox.enqueue(sampleMessage('chatter', { lane: 'chat', priority: 0 }));
      });
      const claim = (change: Partial<ClaimRequest>): Promise<OutboxMessage[]> =>
        database.transaction((stores) => stores.outbox.claimDue(claimBy('me', change)));
      expect(idsOf(await claim({ lane: 'shop', limit: 2 }))).toEqual(['a-first', 'b-first']);
      expect(idsOf(await claim({}))).toEqual(['chatter', 'second']);
      expect(await claim({})).toEqual([]);
      expect(idsOf(await claim({ now: noon + 1 }))).toEqual(['late']);
    });

    test('settles several rows at once, and only those that are its own', async () => {
      await using opened = await open();
      const { database } = opened;
      const payload = { webhookId: 'order.paid:1', order: { id: 'o', number: 'T-1' } };
      const settled = await database.transaction(async ({ outbox }) => {
        for (const id of ['told', 'also-told', 'waits']) await outbox.enqueue(sampleMessage(id, { payload }));
        await outbox.claimDue(claimBy('me'));
        const ids = ['told', 'also-told', 'told-by-another'];
        return outbox.markProcessed({ ids, lockedBy: 'me', at: noon, outcome: 'answered 200' });
      });
      expect(settled).toBe(2);
      const find = (id: string) => database.read(({ outbox }) => outbox.find(id));
      // The order, as the shop was told of it, is not kept.
      const told = { processedAt: noon, payload: { webhookId: 'order.paid:1' } };
      expect(await find('told')).toMatchObject(told);
      expect((await find('told'))?.payload).toEqual(told.payload);
      expect(await find('also-told')).toMatchObject(told);
      expect(await find('waits')).toMatchObject({ processedAt: null, payload });
    });

    test('settles a row only for the one who holds it', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        await inbox.append(sampleEvent('a'));
        await inbox.claimDue(claimBy('me'));
        const notMine = { id: 'a', lockedBy: 'another' };
        expect(await inbox.markProcessed({ ids: ['a'], lockedBy: 'another', at: noon, outcome: 'applied' })).toBe(0);
        expect(await inbox.abandon({ ...notMine, at: noon, reason: 'no' })).toBe(false);
        expect(await inbox.release({ ...notMine, availableAt: noon, error: null, isFinishedAttempt: true })).toBe(
          false,
        );
        expect(await inbox.markProcessed({ ids: ['a'], lockedBy: 'me', at: noon + 5, outcome: 'applied' })).toBe(1);
        expect(await inbox.markProcessed({ ids: ['a'], lockedBy: 'me', at: noon + 6, outcome: 'applied' })).toBe(0);
        expect(await inbox.find('a')).toMatchObject({
          processedAt: noon + 5,
          outcome: 'applied',
          lockedBy: null,
          lockedUntil: null,
          startedAttempts: 1,
          finishedAttempts: 1,
        });
        expect(await inbox.claimDue(claimBy('me', { now: noon + 100_000 }))).toEqual([]);
      });
    });

    test('gives a row back for later, and counts the attempt only when one was made', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        await outbox.enqueue(sampleMessage('a'));
        await outbox.claimDue(claimBy('me'));
        const back = { id: 'a', lockedBy: 'me', availableAt: noon + 10, error: 'HTTP 500' };
        expect(await outbox.release({ ...back, isFinishedAttempt: true })).toBe(true);
        const waiting = { availableAt: noon + 10, lastError: 'HTTP 500', lockedBy: null };
        expect(await outbox.find('a')).toMatchObject({ ...waiting, startedAttempts: 1, finishedAttempts: 1 });
        expect(await outbox.claimDue(claimBy('me'))).toEqual([]);
        expect(idsOf(await outbox.claimDue(claimBy('me', { now: noon + 10 })))).toEqual(['a']);
        await outbox.release({ ...back, error: null, isFinishedAttempt: false });
        expect(await outbox.find('a')).toMatchObject({ startedAttempts: 1, finishedAttempts: 1 });
      });
    });

    test('holds a row apart once its lock ran out without an end', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        await inbox.append(sampleEvent('poison'));
        await inbox.append(sampleEvent('sound', { receivedAt: noon + 1 }));
        await inbox.claimDue(claimBy('crashed', { limit: 1 }));
        const after = { now: noon + 60_000 };
        expect(await inbox.claimDue(claimBy('me', { suspectedPoison: true }))).toEqual([]);
        expect(await inbox.findDue({ lane: null, now: noon })).toEqual({ suspected: false, sound: false });
        expect(await inbox.findDue({ lane: null, now: after.now })).toEqual({ suspected: true, sound: true });
        const soundOnly = { lane: null, now: after.now, soundOnly: true };
        expect(await inbox.findDue(soundOnly)).toEqual({ suspected: false, sound: true });
        const elsewhere = await inbox.findDue({ lane: 'another source', now: after.now });
        expect(elsewhere).toEqual({ suspected: false, sound: false });
        expect(idsOf(await inbox.claimDue(claimBy('me', after)))).toEqual(['sound']);
        const [suspect] = await inbox.claimDue(
          claimBy('me', { ...after, lockedUntil: noon + 120_000, suspectedPoison: true }),
        );
        expect(suspect).toMatchObject({ id: 'poison', startedAttempts: 2, finishedAttempts: 0 });
        await inbox.release({ id: 'poison', lockedBy: 'me', availableAt: noon, error: 'no', isFinishedAttempt: true });
        expect(await inbox.find('poison')).toMatchObject({ startedAttempts: 2, finishedAttempts: 2 });
      });
    });

    test('begins no further attempt for the one who could not settle the last', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        await inbox.append(sampleEvent('unsettled'));
        for (const [by, startedAttempts] of [
          ['me', 1],
          ['me', 1],
          ['heir', 2],
          ['heir', 2],
        ] as const) {
          const suspectedPoison = (await inbox.find('unsettled'))?.startedAttempts !== 0;
          const [row] = await inbox.claimDue(claimBy(by, { lockedUntil: noon, suspectedPoison }));
          expect(row).toMatchObject({ lockedBy: by, startedAttempts, finishedAttempts: 0 });
        }
      });
    });

    test('frees what another instance holds', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        await inbox.append(sampleEvent('theirs'));
        await inbox.claimDue(claimBy('gone'));
        await inbox.append(sampleEvent('mine'));
        await inbox.claimDue(claimBy('me'));
        const held = { exceptBy: 'me', repeatedAt: noon + 10_000 };
        expect(await inbox.unlockAll(held)).toBe(1);
        expect(idsOf(await inbox.claimDue(claimBy('gone', { suspectedPoison: true })))).toEqual(['theirs']);
        expect(await inbox.unlockAll(held)).toBe(1);
        expect(await inbox.claimDue(claimBy('me', { suspectedPoison: true }))).toEqual([]);
        const later = { now: held.repeatedAt, lockedUntil: held.repeatedAt + 60_000 };
        expect(idsOf(await inbox.claimDue(claimBy('me', { ...later, suspectedPoison: true })))).toEqual(['theirs']);
      });
    });

    test('tells who has leases, and ends those of one holder without touching the others', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        for (const [key, by] of ['dead', 'dead', 'alive'].entries()) {
          await outbox.enqueue(sampleMessage(`${by}-${key}`));
          await outbox.claimDue(claimBy(by));
        }
        expect((await outbox.listLeases()).toSorted()).toEqual(['alive', 'dead']);
        expect(await outbox.endLeases({ by: ['dead', 'unknown'], repeatedAt: noon })).toBe(2);
        expect(await outbox.listLeases()).toEqual(['alive']);
        const taken = await outbox.claimDue(claimBy('heir', { suspectedPoison: true }));
        expect(taken.map(({ lockedBy }) => lockedBy)).toEqual(['heir', 'heir']);
        for (const { id } of taken) {
          // The dead one turns out to be alive: it has nothing to settle any more.
          expect(await outbox.markProcessed({ ids: [id], lockedBy: 'dead', at: noon, outcome: 'sent' })).toBe(0);
          expect(await outbox.markProcessed({ ids: [id], lockedBy: 'heir', at: noon, outcome: 'sent' })).toBe(1);
        }
        expect(await outbox.listLeases()).toEqual(['alive']);
      });
    });

    test('lists its dead letters newest first, redrives one and discards another', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        for (const [index, id] of ['a', 'b', 'c'].entries()) {
          await outbox.enqueue(sampleMessage(id));
          await outbox.claimDue(claimBy('me'));
          await outbox.abandon({ id, lockedBy: 'me', at: noon + Math.min(index, 1), reason: `reason ${id}` });
        }
        const firstPage = await outbox.listAbandoned({ before: null, limit: 2 });
        expect(idsOf(firstPage)).toEqual(['c', 'b']);
        expect(firstPage[0]).toMatchObject({ lastError: 'reason c', abandonedAt: noon + 1, lockedBy: null });
        const nextPage = await outbox.listAbandoned({ before: { at: noon + 1, id: 'b' }, limit: 2 });
        expect(idsOf(nextPage)).toEqual(['a']);
        const after = { at: noon, id: 'a' };
        expect(idsOf(await outbox.listAbandoned({ before: null, after, limit: 1 }))).toEqual(['b']);
        expect(idsOf(await outbox.listAbandoned({ before: null, after, limit: 2 }))).toEqual(['c', 'b']);

        expect(await outbox.redrive({ id: 'a', at: noon + 9 })).toBe(true);
        expect(await outbox.redrive({ id: 'a', at: noon + 9 })).toBe(false);
        expect(await outbox.find('a')).toMatchObject({ startedAttempts: 0, availableAt: noon + 9, abandonedAt: null });
        expect(await outbox.discard({ id: 'b', at: noon + 9 })).toBe(true);
        expect(await outbox.discard({ id: 'b', at: noon + 9 })).toBe(false);
        expect(await outbox.redrive({ id: 'b', at: noon + 9 })).toBe(false);
        expect(await outbox.find('b')).toMatchObject({ processedAt: noon + 9 });
        expect(idsOf(await outbox.listAbandoned({ before: null, limit: 9 }))).toEqual(['c']);
      });
      const outcomes = await opened.raw("select outcome from outbox_messages where id = 'b'");
      expect(outcomes).toEqual([{ outcome: 'discarded' }]);
    });

    test('hastens what waits for longer than it should, and nothing else', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox, inbox }) => {
        for (const [id, availableAt] of [
          ['far', noon + 99],
          ['near', noon + 3],
          ['due', noon - 9],
        ] as const) {
          await outbox.enqueue(sampleMessage(id, { availableAt }));
        }
        await outbox.hasten({ latest: noon + 5 });
        const rows = await Promise.all(['far', 'near', 'due'].map((id) => outbox.find(id)));
        expect(rows.map((row) => row?.availableAt)).toEqual([noon + 5, noon + 3, noon - 9]);
        await inbox.append(sampleEvent('event'));
        await inbox.claimDue(claimBy('me'));
        await inbox.release({
          id: 'event',
          lockedBy: 'me',
          availableAt: noon + 99,
          error: 'no',
          isFinishedAttempt: true,
        });
        await inbox.hasten({ latest: noon });
        expect(idsOf(await inbox.claimDue(claimBy('me')))).toEqual(['event']);
      });
    });

    test('ends a lease that lasts for longer than it should, and leaves others as they are', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        for (const id of ['long', 'short', 'free']) await outbox.enqueue(sampleMessage(id, { lane: id }));
        await outbox.claimDue(claimBy('me', { lane: 'long', lockedUntil: noon + 99 }));
        await outbox.claimDue(claimBy('me', { lane: 'short', lockedUntil: noon + 3 }));
        await outbox.boundLeases({ latest: noon + 5 });
        const rows = await Promise.all(['long', 'short', 'free'].map((id) => outbox.find(id)));
        expect(rows.map((row) => row?.lockedUntil)).toEqual([noon + 5, noon + 3, null]);
      });
    });

    test('knows its depth, its oldest due row and its dead letters by lane', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox, inbox }) => {
        expect(await outbox.depths(noon)).toEqual([]);
        await outbox.enqueue(sampleMessage('a', { lane: 'shop', availableAt: noon - 5 }));
        await outbox.enqueue(sampleMessage('b', { lane: 'shop', receivedAt: noon - 9, availableAt: noon + 5 }));
        await outbox.enqueue(sampleMessage('c', { lane: 'chat', availableAt: noon + 5 }));
        await outbox.enqueue(sampleMessage('d', { lane: 'pager' }));
        await outbox.claimDue(claimBy('me', { lane: 'pager' }));
        await outbox.abandon({ id: 'd', lockedBy: 'me', at: noon, reason: 'no' });
        expect(await outbox.depths(noon)).toEqual([
          { lane: 'chat', waiting: 1, oldestAvailableAt: null, oldestReceivedAt: noon, abandoned: 0 },
          { lane: 'pager', waiting: 0, oldestAvailableAt: null, oldestReceivedAt: null, abandoned: 1 },
          { lane: 'shop', waiting: 2, oldestAvailableAt: noon - 5, oldestReceivedAt: noon - 9, abandoned: 0 },
        ]);
        await inbox.append(sampleEvent('e', { source: 'coinbase' }));
        expect(await inbox.depths(noon)).toEqual([
          { lane: 'coinbase', waiting: 1, oldestAvailableAt: noon, oldestReceivedAt: noon, abandoned: 0 },
        ]);
      });
    });

    test('knows of which orders the shop has not been told, whether they wait, are in hand or were given up on', async () => {
      await using opened = await open();
      const about = (number: number) => ({
        lane: 'shop',
        payload: { order: { id: `order-${number}`, number: `T-${number}` } },
      });
      await opened.database.transaction(async ({ outbox }) => {
        const list = (query: { orderId?: string; before?: number; limit?: number } = {}) =>
          outbox.listUntoldOrders({ before: noon, limit: 9, ...query });
        expect(await list()).toEqual([]);
        await outbox.enqueue(sampleMessage('told', { ...about(1), receivedAt: noon - 90 }));
        await outbox.enqueue(sampleMessage('dead', { ...about(2), receivedAt: noon - 80 }));
        await outbox.claimDue(claimBy('me', { lane: 'shop' }));
        await outbox.markProcessed({ ids: ['told'], lockedBy: 'me', at: noon, outcome: 'answered 200' });
        await outbox.abandon({ id: 'dead', lockedBy: 'me', at: noon, reason: 'the shop answered 500' });
        await outbox.enqueue(sampleMessage('late', { ...about(3), receivedAt: noon - 30, availableAt: noon + 999 }));
        await outbox.enqueue(sampleMessage('later', { ...about(3), receivedAt: noon - 10 }));
        await outbox.enqueue(sampleMessage('dead too', { ...about(2), receivedAt: noon - 5 }));
        await outbox.enqueue(sampleMessage('new', { ...about(4), receivedAt: noon + 1 }));
        await outbox.enqueue(sampleMessage('no order', { lane: 'pager', receivedAt: noon - 99 }));
        const order2 = { orderId: 'order-2', number: 'T-2', since: noon - 80 };
        const dead = { ...order2, reason: 'the shop answered 500', isGivenUp: true };
        const late = { orderId: 'order-3', number: 'T-3', since: noon - 30, reason: null, isGivenUp: false };
        expect(await list()).toEqual([dead, late]);
        expect(await list({ limit: 1 })).toEqual([dead]);
        expect(await list({ orderId: 'order-3' })).toEqual([late]);
        expect(await list({ orderId: 'order-3', before: noon - 31 })).toEqual([]);
        expect(await list({ orderId: 'order-1' })).toEqual([]);
        expect(await list({ before: noon + 1 })).toHaveLength(3);
        expect(await outbox.countUntoldOrders({ before: noon })).toEqual({ orders: 2, since: noon - 80 });
        const inTurn = { ...about(5), subject: 'order:order-5' };
        await outbox.enqueue(sampleMessage('in turn', { ...inTurn, turn: 1, receivedAt: noon - 85 }));
        await outbox.enqueue(sampleMessage('next', { ...inTurn, turn: 2, receivedAt: noon - 84 }));
        expect(await list({ orderId: 'order-5' })).toMatchObject([{ orderId: 'order-5', since: noon - 85 }]);
        await outbox.enqueue(sampleMessage('old', { ...about(5), receivedAt: noon - 86 }));
        expect(await outbox.countUntoldOrders({ before: noon })).toEqual({ orders: 3, since: noon - 86 });
        expect(await outbox.countUntoldOrders({ before: noon - 99 })).toEqual({ orders: 0, since: null });
      });
    });

    test('counts a message as owed from its first refusal until it is processed, and makes the owed ones due', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        for (const [index, id] of ['a', 'b', 'c', 'elsewhere'].entries()) {
          const lane = id === 'elsewhere' ? 'chat' : 'pager';
          await outbox.enqueue(sampleMessage(id, { lane, receivedAt: noon + index }));
        }
        await outbox.claimDue(claimBy('me'));
        const back = { lockedBy: 'me', availableAt: noon + 60_000, isFinishedAttempt: false };
        const pager = { lane: 'pager', lateBefore: noon };
        expect(await outbox.readOwed(pager)).toEqual({ count: 0, since: null, reason: null });
        await outbox.release({ ...back, id: 'a', error: '403', isOwed: true });
        await outbox.release({ ...back, id: 'b', error: '400', isOwed: true });
        await outbox.release({ ...back, id: 'c', error: 'HTTP 500' });
        await outbox.release({ ...back, id: 'elsewhere', error: '403', isOwed: true });
        expect(await outbox.readOwed(pager)).toEqual({ count: 2, since: noon, reason: '403' });

        const due = { ...pager, at: noon + 9 };
        expect(await outbox.makeOwedDue({ ...due, limit: 1 })).toBe(1);
        const claimed = await outbox.claimDue(claimBy('me', { now: noon + 9 }));
        expect(idsOf(claimed)).toEqual(['a']);
        await outbox.release({ ...back, id: 'a', error: '403', isOwed: true });
        expect(await outbox.makeOwedDue({ ...due, limit: 9 })).toBe(2);
        expect(await outbox.makeOwedDue({ ...due, limit: 9 })).toBe(0);
        expect(idsOf(await outbox.claimDue(claimBy('me', { now: noon + 9 })))).toEqual(['a', 'b']);
        await outbox.release({ ...back, id: 'a', error: 'ECONNRESET' });
        expect(await outbox.readOwed(pager)).toEqual({ count: 2, since: noon, reason: 'ECONNRESET' });
        await outbox.markProcessed({ ids: ['b'], lockedBy: 'me', at: noon + 9, outcome: '1 sent' });
        expect(await outbox.readOwed(pager)).toMatchObject({ count: 1, since: noon });
      });
    });

    test('counts a message as owed that failed and is late, and none that nobody has tried yet', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ outbox }) => {
        await outbox.enqueue(sampleMessage('failed'));
        await outbox.claimDue(claimBy('me'));
        await outbox.enqueue(sampleMessage('untried'));
        const back = { lockedBy: 'me', availableAt: noon + 60_000, isFinishedAttempt: true };
        await outbox.release({ ...back, id: 'failed', error: 'ECONNRESET' });
        expect(await outbox.readOwed({ lane: 'shop', lateBefore: noon })).toMatchObject({ count: 0 });
        const late = { lane: 'shop', lateBefore: noon + 1 };
        expect(await outbox.readOwed(late)).toEqual({ count: 1, since: noon, reason: 'ECONNRESET' });
        expect(await outbox.makeOwedDue({ ...late, at: noon, limit: 9 })).toBe(1);
      });
    });

    test('prunes what was processed long ago, a bounded number at a time', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        for (const id of ['a', 'b', 'c', 'kept', 'waiting']) {
          await inbox.append(sampleEvent(id));
          if (id === 'waiting') continue;
          await inbox.claimDue(claimBy('me'));
          await inbox.markProcessed({
            ids: [id],
            lockedBy: 'me',
            at: id === 'kept' ? noon : noon - 10,
            outcome: 'applied',
          });
        }
        expect(await inbox.prune({ before: noon, limit: 2 })).toBe(2);
        expect(await inbox.prune({ before: noon, limit: 2 })).toBe(1);
        expect(await inbox.prune({ before: noon, limit: 2 })).toBe(0);
      });
      const left = await opened.raw('select id from inbox_events order by id');
      expect(left).toEqual([{ id: 'kept' }, { id: 'waiting' }]);
    });
  });
}
