import type { OpenDatabase, OpenOptions } from '#db/engine/open-options.ts';

export interface ContractDatabase {
  database: OpenDatabase;
  /** A second connection that knows nothing of ours: what it sees is what is stored. */
  raw(text: string): Promise<Record<string, unknown>[]>;
  /** From now on a transaction that records the audit action `break` fails at its COMMIT. */
  breakCommits(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a migrated, empty database of one engine. Every suite in this folder runs on both. */
export type OpenContractDatabase = (options?: Omit<OpenOptions, 'target'>) => Promise<ContractDatabase>;

/** A promise that the test settles itself. */
export function createSignal(): { given: Promise<void>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { given: promise, give: resolve };
}

export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it was expected to reject');
}
