import pg from 'pg';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import { checkMigrations } from '../engine/check-migrations.ts';

const callMaxMs = 5 * second;
/** The oldest version that the stores are tested on. */
const majorMin = 15;
/** Leases and due times are compared across machines: with a larger difference they would be wrong. */
const clockMaxMs: Milliseconds = 2 * second;

/** Checks the server over a connection of its own, and changes nothing. */
export async function checkPostgres(url: string, clock: Clock): Promise<SetUpCheck[]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tillkeeper doctor',
    connectionTimeoutMillis: callMaxMs,
    query_timeout: callMaxMs,
  });
  // A connection that is lost between two queries fails the next query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return [await checkServer(client), await checkSchema(client), await checkClock(client, clock)];
  } catch (error) {
    const advice = 'check that DATABASE_URL is right, the server runs, and this machine may connect to it';
    return [errorCheck('server', { detail: `cannot be used (${describe(error)})`, advice })];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkServer(client: pg.Client): Promise<SetUpCheck> {
  const { rows } = await client.query<{
    version: string;
    is_replica: boolean;
    is_read_only: string;
    may_create: boolean;
  }>(
    `select current_setting('server_version') as version, pg_is_in_recovery() as is_replica,
       current_setting('transaction_read_only') as is_read_only,
       coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create`,
  );
  const [server] = rows;
  const version = `PostgreSQL ${server?.version.split(' ')[0] ?? 'of an unknown version'}`;
  if (server?.is_replica || server?.is_read_only === 'on') {
    return errorCheck('server', {
      detail: `${version} is read-only`,
      advice: 'set DATABASE_URL to the primary server',
    });
  }
  if (!server?.may_create) {
    const advice = 'give the user of DATABASE_URL the right to create tables in its schema: migrations need it';
    return errorCheck('server', { detail: `${version}: the user may not create tables`, advice });
  }
  if (Number.parseInt(server.version, 10) < majorMin) {
    return warningCheck('server', {
      detail: `${version} is older than what is tested`,
      advice: `use ${majorMin} or later`,
    });
  }
  return okCheck('server', `${version}, can be written to`);
}

async function checkSchema(client: pg.Client): Promise<SetUpCheck> {
  const journal = await client.query<{ there: boolean }>(
    "select to_regclass('schema_migrations') is not null as there",
  );
  if (!journal.rows[0]?.there) return checkMigrations('postgres', []);
  const { rows } = await client.query<{ id: string }>('select id from schema_migrations');
  return checkMigrations(
    'postgres',
    rows.map(({ id }) => id),
  );
}

async function checkClock(client: pg.Client, clock: Clock): Promise<SetUpCheck> {
  const startedAt = clock.now();
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const middle = (startedAt + clock.now()) / 2;
  const aheadMs = (rows[0]?.now.getTime() ?? Number.NaN) - middle;
  const detail = `its clock is ${(Math.abs(aheadMs) / second).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(aheadMs) <= clockMaxMs) return okCheck('clock', detail);
  return warningCheck('clock', { detail, advice: 'let both machines keep time by NTP' });
}

/** The error's code where it has one: the message of a refused connection may name the user and the address. */
function describe(error: unknown): string {
  if (error instanceof pg.DatabaseError) return error.message;
  if (error instanceof Error && 'code' in error && error.code) return String(error.code);
  return error instanceof Error ? error.message : 'unknown reason';
}
