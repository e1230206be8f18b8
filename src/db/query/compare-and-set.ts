// Every change of a row with a status and a version is made here, and only if the row is still as the caller loaded it.
import type { SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { ConcurrentChange } from '#kernel/database.ts';
import { and, eq, sql } from '../schema/drizzle.ts';
import { keysOf, preparedByShape, settingsOf } from './prepared.ts';
import type { Session } from './session.ts';

interface Versioned {
  id: string;
  status: string;
  version: number;
}

interface CompareAndSet<Value extends Versioned> {
  /**
   * Compares status and version, sets what the change names, raises the version, and returns the changed value; throws
   * ConcurrentChange when another change came first. `beside`: columns that are no fields of the value.
   */
  change(value: Value, change: Partial<Value>, beside?: Record<string, unknown>): Promise<Value>;
  /** The same, but undefined when another change came first. */
  tryChange(value: Value, change: Partial<Value>, beside?: Record<string, unknown>): Promise<Value | undefined>;
}

export function createCompareAndSet<Value extends Versioned>(
  session: Session,
  {
    name,
    table,
    noted = {},
  }: {
    name: string;
    table: PgTable & Record<keyof Versioned, PgColumn>;
    /** What else is set where the status is, from the row as it was. */
    noted?: Record<string, SQL>;
  },
): CompareAndSet<Value> {
  const update = preparedByShape(session, `change_${name}`, (keys) =>
    session.db
      .update(table)
      .set({
        ...settingsOf(table, keys),
        ...(keys.includes('status') && noted),
        version: sql`${table.version} + 1`,
      })
      .where(
        and(
          eq(table.id, sql.placeholder('expectedId')),
          eq(table.status, sql.placeholder('expectedStatus')),
          eq(table.version, sql.placeholder('expectedVersion')),
        ),
      )
      .returning({ id: table.id }),
  );

  async function tryChange(
    value: Value,
    change: Partial<Value>,
    beside: Record<string, unknown> = {},
  ): Promise<Value | undefined> {
    const keys = keysOf({ ...change, ...beside });
    const { id, status, version } = value;
    const expected = { expectedId: id, expectedStatus: status, expectedVersion: version };
    const changed = await update(keys, { ...change, ...beside, ...expected });
    if (changed.length === 0) return undefined;
    const set = Object.fromEntries(Object.entries(change).filter(([key]) => keys.includes(key)));
    return { ...value, ...set, version: version + 1 };
  }

  return {
    tryChange,
    async change(value, change, beside) {
      const changed = await tryChange(value, change, beside);
      if (changed === undefined) throw new ConcurrentChange(`${name} ${value.id} changed meanwhile`);
      return changed;
    },
  };
}
