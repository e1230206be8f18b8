import { describe, expect, test } from 'vitest';
import { DatabaseClosed, TransactionEnded, TransactionTimedOut } from '#db/engine/database-errors.ts';
import { ConcurrentChange, NestedTransaction } from '#kernel/database.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { createSignal, type OpenContractDatabase, rejectionOf } from './harness.ts';
import { noon, sampleAudit, sampleEvent, sampleMessage, sampleOrder, samplePayment } from './samples.ts';

export function describeTransactions(open: OpenContractDatabase): void {
  describe('a transaction', () => {
    test('takes effect once for fifty concurrent deliveries of one event', async () => {
      await using opened = await open();
      const { database } = opened;
      const deliver = (id: string): Promise<boolean> =>
        database.transaction(async (stores) => {
          const isNew = await stores.inbox.append(sampleEvent(id, { eventKey: 'the-one' }));
          if (isNew) await stores.outbox.enqueue(sampleMessage(id));
          return isNew;
        });
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => deliver(`delivery-${index}`)));
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await opened.raw('select id from inbox_events')).toHaveLength(1);
      expect(await opened.raw('select id from outbox_messages')).toHaveLength(1);
    });

    test('that throws is undone across its awaits and spares its neighbours', async () => {
      await using opened = await open();
      const { database } = opened;
      const record = (id: string): Promise<string> =>
        database.transaction(async (stores) => {
          await stores.audit.record(sampleAudit(id));
          return id;
        });
      const failing = database.transaction(async (stores) => {
        await stores.audit.record(sampleAudit('lost-1'));
        await stores.orders.insertOrder(sampleOrder(1));
        await stores.audit.record(sampleAudit('lost-2'));
        throw new Error('changed my mind');
      });
      const results = await Promise.allSettled([record('before'), failing, record('after')]);
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      await expect(failing).rejects.toThrow('changed my mind');
      const rows = await opened.raw('select id from audit_records order by id');
      expect(rows.map((row) => row['id'])).toEqual(['after', 'before']);
      expect(await opened.raw('select id from orders')).toEqual([]);
    });

    test('that violates a constraint fails alone', async () => {
      await using opened = await open();
      const { database } = opened;
      const record = (id: string): Promise<void> =>
        database.transaction((stores) => stores.audit.record(sampleAudit(id)));
      const results = await Promise.allSettled([record('one'), record('one'), record('two')]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(await opened.raw('select id from audit_records')).toHaveLength(2);
    });

    test('resolves only when another connection can see its rows', async () => {
      await using opened = await open();
      const seen = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          await opened.database.transaction((stores) => stores.audit.record(sampleAudit(`row-${index}`)));
          return opened.raw(`select id from audit_records where id = 'row-${index}'`);
        }),
      );
      expect(seen.map((rows) => rows.length)).toEqual(Array.from({ length: 10 }, () => 1));
    });

    test('is not seen by reads before its commit', async () => {
      await using opened = await open();
      const { database } = opened;
      const written = createSignal();
      const proceed = createSignal();
      const order = sampleOrder(7);
      const writing = database.transaction(async (stores) => {
        await stores.orders.insertOrder(order);
        expect(await stores.orders.findOrder(order.id)).toEqual(order);
        written.give();
        await proceed.given;
      });
      await written.given;
      expect(await database.read((stores) => stores.orders.findOrder(order.id))).toBeUndefined();
      proceed.give();
      await writing;
      expect(await database.read((stores) => stores.orders.findOrder(order.id))).toEqual(order);
    });

    test('that asks the database again from inside is refused by name, whichever of the two is inside the other', async () => {
      await using opened = await open();
      const { database } = opened;
      const inner = [() => database.transaction(async () => 1), () => database.read(async () => 1)];
      for (const ask of inner) {
        expect(await rejectionOf(database.transaction(ask))).toBeInstanceOf(NestedTransaction);
        expect(await rejectionOf(database.read(ask))).toBeInstanceOf(NestedTransaction);
      }
      const afterwards = await database.transaction(async () => () => database.transaction(async () => 'free'));
      expect(await afterwards()).toBe('free');
    });

    test('that waits for something else is cut off by name, and cannot write any more', async () => {
      await using opened = await open({ transactionMaxMs: 100 });
      const { database } = opened;
      const hold = createSignal();
      const late = createSignal();
      let lateError: unknown;
      const stuck = database.transaction(async (stores) => {
        await stores.audit.record(sampleAudit('stuck'));
        await hold.given;
        lateError = await rejectionOf(stores.audit.record(sampleAudit('too-late')));
        late.give();
      });
      const neighbour = database.transaction((stores) => stores.audit.record(sampleAudit('neighbour')));
      expect(await rejectionOf(stuck)).toBeInstanceOf(TransactionTimedOut);
      await neighbour;
      hold.give();
      await late.given;
      expect(lateError).toBeInstanceOf(TransactionEnded);
      expect(await opened.raw('select id from audit_records')).toEqual([{ id: 'neighbour' }]);
    });

    test('ends the use of its stores', async () => {
      await using opened = await open();
      const { database } = opened;
      const kept: PaymentStores[] = [];
      await database.transaction(async (stores) => void kept.push(stores));
      await database.read(async (stores) => void kept.push(stores));
      for (const stores of kept) {
        expect(await rejectionOf(stores.audit.listAudit({ subject: null, limit: 1 }))).toBeInstanceOf(TransactionEnded);
      }
    });
  });

  describe('a read of one moment', () => {
    test('sees what was committed when it began, whatever others commit meanwhile', async () => {
      await using opened = await open();
      const { database } = opened;
      const add = (number: number): Promise<void> =>
        database.transaction((stores) => stores.orders.insertOrder(sampleOrder(number)));
      const count = ({ orders }: PaymentStores) =>
        orders.listOrdersMadeBetween({ from: 0, to: noon * 2, after: null, limit: 9 }).then(({ length }) => length);
      const [begun, added] = [createSignal(), createSignal()];
      await add(1);
      const moment = database.readOneMoment(async (stores) => {
        const before = await count(stores);
        begun.give();
        await added.given;
        return [before, await count(stores)];
      });
      await begun.given;
      await add(2);
      expect(await database.read(count)).toBe(2);
      added.give();
      expect(await moment).toEqual([1, 1]);
      expect(await database.readOneMoment(count)).toBe(2);
    });

    test('ends with its work, and with an error where that fails', async () => {
      await using opened = await open();
      const { database } = opened;
      let kept: PaymentStores | undefined;
      const failing = database.readOneMoment(async (stores) => {
        kept = stores;
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await rejectionOf(kept?.orders.findOrder(sampleOrder(1).id) ?? Promise.resolve())).toBeInstanceOf(
        TransactionEnded,
      );
      const nested = database.readOneMoment(() => database.read(async () => 1));
      expect(await rejectionOf(nested)).toBeInstanceOf(NestedTransaction);
      const writing = database.readOneMoment((stores) => stores.orders.insertOrder(sampleOrder(1)));
      await expect(writing).rejects.toThrow();
      expect(await database.read((stores) => stores.orders.findOrder(sampleOrder(1).id))).toBeUndefined();
    });
  });

  describe('a read', () => {
    test('cannot write', async () => {
      await using opened = await open();
      await expect(opened.database.read((stores) => stores.audit.record(sampleAudit('one')))).rejects.toThrow(
        /read-?only/,
      );
      expect(await opened.raw('select id from audit_records')).toEqual([]);
    });
  });

  describe('a compare-and-set', () => {
    test('has one winner among ten', async () => {
      await using opened = await open();
      const { database } = opened;
      const order = sampleOrder(1);
      const payment = samplePayment(order);
      await database.transaction(async (stores) => {
        await stores.orders.insertOrder(order);
        await stores.payments.insertPayment(payment);
      });
      const change = { status: 'paid', updatedAt: noon } as const;
      const ends = await Promise.allSettled(
        Array.from({ length: 10 }, () =>
          database.transaction((stores) => stores.payments.changePayment(payment, change)),
        ),
      );
      const losers = ends.filter((end) => end.status === 'rejected' && end.reason instanceof ConcurrentChange);
      expect(losers).toHaveLength(9);
      const stored = await database.read((stores) => stores.payments.findPayment(payment.id));
      expect(stored).toEqual({ ...payment, ...change, version: 2 });
    });
  });

  describe('whoever works on a queue', () => {
    test('is told after the commit of something new, and of nothing else', async () => {
      const told: string[] = [];
      const onQueued = (queue: string, dueAt: number | null) =>
        told.push(dueAt === null ? queue : `${queue} in ${dueAt - noon} ms`);
      await using opened = await open({ onQueued, clock: { now: () => noon } });
      const { database } = opened;
      await database.transaction(async (stores) => {
        await stores.inbox.append(sampleEvent('a'));
        await stores.inbox.append(sampleEvent('b'));
        expect(told).toEqual([]);
      });
      expect(told.splice(0)).toEqual(['inbox']);
      await database.transaction((stores) => stores.inbox.append(sampleEvent('a')));
      await database.transaction((stores) => stores.outbox.enqueue(sampleMessage('l', { availableAt: noon + 1_001 })));
      await rejectionOf(
        database.transaction(async (stores) => {
          await stores.outbox.enqueue(sampleMessage('m'));
          throw new Error('no');
        }),
      );
      expect(told).toEqual([]);
      await database.transaction((stores) => stores.outbox.enqueue(sampleMessage('m')));
      expect(told.splice(0)).toEqual(['outbox:shop']);
      const enqueue = (...dueIn: number[]) =>
        database.transaction(async ({ outbox }) => {
          for (const ms of dueIn) await outbox.enqueue(sampleMessage(`n-${ms}`, { availableAt: noon + ms }));
        });
      await enqueue(900, 300, 1_000);
      expect(told.splice(0)).toEqual(['outbox:shop in 300 ms']);
      await enqueue(400, 0, 500);
      expect(told).toEqual(['outbox:shop']);
    });
  });

  describe('a database', () => {
    test('that is closed has finished the work in hand and refuses more', async () => {
      await using opened = await open();
      const { database } = opened;
      const inHand = database.transaction((stores) => stores.audit.record(sampleAudit('in-hand')));
      await Promise.all([inHand, database.close()]);
      await database.close();
      expect(await opened.raw('select id from audit_records')).toHaveLength(1);
      expect(await rejectionOf(database.transaction(async () => 1))).toBeInstanceOf(DatabaseClosed);
      expect(await rejectionOf(database.read(async () => 1))).toBeInstanceOf(DatabaseClosed);
      expect(await rejectionOf(database.check())).toBeInstanceOf(DatabaseClosed);
    });

    test('that is well says so', async () => {
      await using opened = await open();
      await opened.database.check();
    });

    test('that a later release migrated is refused by name', async () => {
      await using opened = await open();
      expect(await opened.database.migrate()).toEqual({ applied: 0 });
      await opened.raw("insert into schema_migrations (id, applied_at) values ('9999_tomorrow', 1)");
      await expect(opened.database.migrate()).rejects.toMatchObject({ name: 'DatabaseNewer' });
    });
  });
}
