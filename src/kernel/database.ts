/**
 * The database port. `Stores` names the stores that the caller's room uses; one database serves every room.
 *
 * `transaction`: the promise resolves only after the commit is on disk; a throw inside rolls back everything that was
 * done through `stores`, and rejects with that error. No network call belongs inside. PostgreSQL may run a body again, at
 * most three times, after a conflict with another transaction or when its session broke: a body changes nothing except
 * through `stores`.
 * `read`: sees committed rows only, and must not write.
 * `readOneMoment`: the same, and all of its statements see what was committed when it began, however long it takes. Everybody
 * else can change rows meanwhile, so a long one gives way between its steps.
 * Any of them inside another, or inside itself, throws NestedTransaction at once.
 */
export interface Database<Stores> {
  /** Names this process among those that share the database. A lease by this name, or `name:more`, ends soon after it dies. */
  readonly holder: string;
  transaction<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
  read<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
  readOneMoment<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
}

/** The row was changed since the caller loaded it. Thrown inside a transaction, so that all of it is rolled back. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}

export class NestedTransaction extends Error {
  override readonly name = 'NestedTransaction';
}
