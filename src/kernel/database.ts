/**
 * The only door to what is stored. `Stores` is what the caller's room needs of it; the database serves every room.
 *
 * `transaction`: the promise resolves only after the commit is on disk; a throw inside rolls back everything that was
 * done through `stores`, and rejects with that error. No network call belongs inside. PostgreSQL may run a body again, at
 * most three times, when another transaction overtook it: a body changes nothing but what it reaches through `stores`.
 * `read`: sees committed rows only, and must not write.
 * Either of them inside the other, or inside itself, throws NestedTransaction at once.
 */
export interface Database<Stores> {
  transaction<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
  read<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result>;
}

/** The caller's view of a row has been overtaken: nothing was changed. Thrown inside a transaction to undo all of it. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}

export class NestedTransaction extends Error {
  override readonly name = 'NestedTransaction';
}
