// Work in hand of a process that died is taken up within seconds, and that of a living one never is.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DatabaseUnavailable } from '#db/engine/database-errors.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { presenceClass, presenceKey } from '#db/postgres/presence.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';
import { rejectionOf } from '../contract/harness.ts';
import { openPostgresContract } from '../contract/postgres.ts';
import { noon, sampleEvent, sampleMessage, sampleOrder, samplePayment } from '../contract/samples.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());
const open = openPostgresContract(() => server);

/** Calls in a row after which a holder without a lock is taken for dead, and one more. */
const callsMax = 9;
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

async function startHolder(database: OpenDatabase, url: string): Promise<{ child: ChildProcess; holder: string }> {
  const order = sampleOrder(1);
  const payment = samplePayment(order);
  await database.transaction(async (stores) => {
    await stores.orders.insertOrder(order);
    await stores.payments.insertPayment(payment);
    await stores.inbox.append(sampleEvent('event', { receivedAt: 1 }));
    await stores.outbox.enqueue(sampleMessage('message', { availableAt: 1 }));
  });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lease-and-report.ts'), url, payment.id], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, holder: line.toString('utf8').trim() };
}

/** The server sees the end of a process a moment later. */
function awaitUnlocked({ raw }: Awaited<ReturnType<typeof open>>): Promise<unknown> {
  const isUnlocked = async () => (await raw("select 1 from pg_locks where locktype = 'advisory'")).length === 0;
  return awaitUntil(isUnlocked, { what: 'the lock of the dead process to go' });
}

async function call(database: OpenDatabase, times: number): Promise<number[]> {
  const ended: number[] = [];
  for (let count = 0; count < times; count += 1) ended.push(await database.endLeasesOfDead({ repeatedAt: noon }));
  return ended;
}

const leasesOf = (database: OpenDatabase) =>
  database.read(async ({ inbox, outbox, payments }) => [
    ...(await inbox.listLeases()),
    ...(await outbox.listLeases()),
    ...(await payments.listPaymentLeases()),
  ]);

test('leases of a process that was killed end within seconds, long before their time, and those of a living one stay', async () => {
  await using opened = await open();
  const { database, url } = opened;
  const { child, holder } = await startHolder(database, url);
  expect(await leasesOf(database)).toEqual([holder, holder, `${holder}:1`]);
  expect(await call(database, 2 * callsMax)).not.toContain(3);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await awaitUnlocked(opened);
  const ended = await call(database, callsMax + 1);
  expect(ended.filter((count) => count > 0)).toEqual([3]);
  expect(await leasesOf(database)).toEqual([]);
});

test('a process that stands still keeps its leases, however long', async () => {
  await using opened = await open();
  const { database, url } = opened;
  const { child, holder } = await startHolder(database, url);
  child.kill('SIGSTOP');
  expect(await call(database, 4 * callsMax)).toEqual(Array(4 * callsMax).fill(0));
  expect(await leasesOf(database)).toEqual([holder, holder, `${holder}:1`]);
});

test('a process whose session was cut takes its lock again before it is taken for dead', async () => {
  await using opened = await open();
  const { database, url } = opened;
  const { holder } = await startHolder(database, url);
  const isLocked = async (): Promise<boolean> => {
    const rows = await opened.raw(
      `select 1 from pg_locks where locktype = 'advisory' and classid = ${presenceClass}
         and objid = ${presenceKey(holder) >>> 0} and granted`,
    );
    return rows.length > 0;
  };
  expect(await isLocked()).toBe(true);
  await opened.raw(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${presenceKey(holder) >>> 0}`,
  );
  await call(database, callsMax - 2);
  await awaitUntil(isLocked, { what: 'the lock to be taken again' });
  expect(await call(database, 2 * callsMax)).not.toContain(3);
  expect(await leasesOf(database)).toHaveLength(3);
});

test('a look that fails says nothing of anybody: absences are counted anew', async () => {
  await using opened = await open();
  const { database, url } = opened;
  const { child } = await startHolder(database, url);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await awaitUnlocked(opened);
  expect(await call(database, callsMax - 2)).not.toContain(3);
  await opened.raw('alter table inbox_events rename to away');
  await rejectionOf(database.endLeasesOfDead({ repeatedAt: noon }));
  await opened.raw('alter table away rename to inbox_events');
  expect(await call(database, callsMax - 2)).not.toContain(3);
  expect(await call(database, 1)).toEqual([3]);
});

test('no lease is taken while others could not see that this process lives; all other work goes on', async () => {
  await using opened = await open();
  const { database } = opened;
  // Somebody else has the lock, so that it cannot be shared.
  await using _blocker = await opened.hold(
    `select pg_advisory_lock(${presenceClass}, ${presenceKey(database.holder)})`,
  );
  const claim = { lane: null, now: noon, lockedUntil: noon + 1, limit: 1, suspectedPoison: false };
  const claiming = database.transaction(({ outbox }) => outbox.claimDue({ ...claim, lockedBy: database.holder }));
  expect(await rejectionOf(claiming)).toBeInstanceOf(DatabaseUnavailable);
  expect(await database.transaction(({ inbox }) => inbox.append(sampleEvent('a')))).toBe(true);
});
