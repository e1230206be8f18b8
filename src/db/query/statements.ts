import type { Compiled } from './compiled.ts';

/** Rows as arrays; none for a statement that gives none. */
export type Rows = unknown[][];

/** The statements of one connection. */
export interface Statements {
  /** Throws when another statement has the name: they would be taken for each other. */
  claimName(name: string): void;
  /** The statement with this key, which is made, under a name of its own, for the first connection that asks for it. */
  find<Result>(key: string, make: (name: string) => Compiled<Result>): Compiled<Result>;
  /** Throws TransactionEnded outside a transaction or a read. */
  run(statement: Compiled<unknown>, parameters: unknown[]): Rows | Promise<Rows>;
}

/** By their keys, for all connections of one engine. */
export type KeptStatements = Map<string, Compiled<unknown>>;

export function createStatements(kept: KeptStatements, run: Statements['run']): Statements {
  const names = new Set<string>();
  return {
    claimName(name) {
      if (names.has(name)) throw new Error(`two statements are called ${name}`);
      names.add(name);
    },
    find<Result>(key: string, make: (name: string) => Compiled<Result>): Compiled<Result> {
      const found = kept.get(key) ?? make(`${key.split(' ')[0]}_${kept.size}`);
      kept.set(key, found);
      // One name is claimed for one build, and so for one kind of result.
      return found as Compiled<Result>;
    },
    run,
  };
}
