import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CommitFailed } from '#db/engine/database-errors.ts';
import { createPool } from '#db/postgres/connections.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { createSignal, rejectionOf } from '../contract/harness.ts';
import { openPostgresContract } from '../contract/postgres.ts';
import { noon, sampleAudit, sampleOrder } from '../contract/samples.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());
const open = openPostgresContract(() => server);

test('a failed COMMIT rejects by name and stores nothing', async () => {
  await using opened = await open();
  await opened.breakCommits();
  const failing = opened.database.transaction((stores) => stores.audit.record(sampleAudit('a', { action: 'break' })));
  const error = await rejectionOf(failing);
  expect(error).toBeInstanceOf(CommitFailed);
  expect(error).toHaveProperty('message', 'the commit failed; nothing was stored');
  expect(await opened.raw('select id from audit_records')).toEqual([]);
});

test('a connection that is lost during the COMMIT leaves open whether it was stored, and says so', async () => {
  await using opened = await open();
  await opened.raw(`create function leave() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`);
  await opened.raw(`create constraint trigger leave_at_commit after insert on audit_records
    deferrable initially deferred for each row execute function leave()`);
  const error = await rejectionOf(opened.database.transaction((stores) => stores.audit.record(sampleAudit('a'))));
  expect(error).toBeInstanceOf(CommitFailed);
  expect(error).toHaveProperty('message', 'the commit failed; it is not known whether it was stored');
});

test('a failed statement that the body passes over does not end in a silent rollback', async () => {
  await using opened = await open();
  const careless = opened.database.transaction(async (stores) => {
    await stores.audit.record(sampleAudit('a'));
    await stores.audit.record(sampleAudit('a')).catch(() => undefined);
    return 'stored';
  });
  expect(await rejectionOf(careless)).toBeInstanceOf(CommitFailed);
  expect(await opened.raw('select id from audit_records')).toEqual([]);
});

test('two transactions in a deadlock both succeed: the one that is undone is run again', async () => {
  await using opened = await open();
  const { database } = opened;
  const orders = [sampleOrder(1), sampleOrder(2)] as const;
  await database.transaction(async (stores) => {
    for (const order of orders) await stores.orders.insertOrder(order);
  });
  let runs = 0;
  const holds = [createSignal(), createSignal()] as const;
  const change = { status: 'awaiting_payment', updatedAt: noon } as const;
  const changeBoth = (first: 0 | 1, second: 0 | 1): Promise<void> =>
    database.transaction(async (stores) => {
      runs += 1;
      for (const which of [first, second]) {
        const { id } = orders[which];
        const order = (await stores.orders.findOrder(id)) ?? orders[which];
        await stores.orders.changeOrder(order, change);
        holds[first].give();
        await holds[second].given;
      }
    });
  // The one that is undone may read an order before the other's commit: then it is overtaken, and its caller begins anew.
  const untilDone = (first: 0 | 1, second: 0 | 1): Promise<void> =>
    changeBoth(first, second).catch((error: unknown) => {
      if (!(error instanceof ConcurrentChange)) throw error;
      return untilDone(first, second);
    });
  await Promise.all([untilDone(0, 1), untilDone(1, 0)]);
  // The one that is run again may meet the other once more on a busy machine.
  expect(runs).toBeGreaterThan(2);
  for (const { id } of orders) {
    expect(await database.read((stores) => stores.orders.findOrder(id))).toMatchObject({ version: 3 });
  }
});

test('a connection that is lost between two statements ends its transaction, not the process', async () => {
  await using opened = await open();
  const { database } = opened;
  const cutOff = database.transaction(async (stores) => {
    await stores.audit.record(sampleAudit('a'));
    const others = "from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
    await opened.raw(`select pg_terminate_backend(pid, 5000) as ended ${others}`);
    await stores.audit.record(sampleAudit('b'));
  });
  expect(await rejectionOf(cutOff)).toBeInstanceOf(Error);
  await database.transaction((stores) => stores.audit.record(sampleAudit('c')));
  expect(await opened.raw('select id from audit_records')).toHaveLength(1);
});

test('a connection that is lost as it is handed out does not end the process', async () => {
  const pool = createPool({ url: await server.createDatabase() });
  const handedOut = new Promise<boolean>((resolve) => {
    pool.connect((_error, client, release) => {
      resolve(client?.emit('error', new Error('lost')) ?? false);
      release(true);
    });
  });
  expect(await handedOut).toBe(true);
  await pool.end();
});

test('an error names no parameter of its query', async () => {
  await using opened = await open();
  const twice = opened.database.transaction(async (stores) => {
    await stores.orders.insertOrder(sampleOrder(1, { customerEmail: 'ann@example.org' }));
    await stores.orders.insertOrder(sampleOrder(1, { customerEmail: 'ann@example.org' }));
  });
  const error = await rejectionOf(twice);
  expect(error).toMatchObject({ code: '23505' });
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('ann@example.org');
});

test('an integer that a JS number cannot hold is refused, not rounded', async () => {
  await using opened = await open();
  await opened.database.transaction((stores) => stores.orders.insertOrder(sampleOrder(1)));
  await opened.raw('update orders set amount_minor = 9007199254740993');
  await expect(opened.database.read((stores) => stores.orders.findOrderByNumber(1))).rejects.toThrow(RangeError);
});

test('a read after another one is its statement and nothing else', async () => {
  await using opened = await open();
  const find = () => opened.database.read((stores) => stores.orders.findOrderByNumber(1));
  await find();
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await find();
    expect(sent).toHaveBeenCalledTimes(1);
  } finally {
    sent.mockRestore();
  }
});
