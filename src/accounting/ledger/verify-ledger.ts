import type { CalendarDay } from '#kernel/calendar.ts';
import { brokenLink, createEntriesHash, readContent } from './chain.ts';
import type { Closing, LedgerEntry } from './closing.ts';
import type { AccountingDeps, AccountingStores } from './deps.ts';

const pageSize = 50;
const entriesPageSize = 500;

export type LedgerVerified =
  /** `hash` is that of the newest closing; null while there is none. */
  | { kind: 'whole'; count: number; hash: string | null }
  | { kind: 'broken'; number: number; day: CalendarDay; why: string };

/**
 * Walks the whole chain, with the entries behind each closing, and names the first link that does not hold. What was cut
 * off at the newest end shows only beside a hash that was kept elsewhere: in the digests that were sent.
 */
export async function verifyLedger(deps: Pick<AccountingDeps, 'database'>): Promise<LedgerVerified> {
  let before: Closing | undefined;
  for (;;) {
    const after = before?.number ?? 0;
    const page = await deps.database.read((stores) => stores.ledger.walkClosings({ after, limit: pageSize }));
    for (const closing of page) {
      const why = brokenLink(before, closing) ?? (await brokenEntries(deps, closing));
      if (why !== undefined) return { kind: 'broken', number: closing.number, day: closing.day, why };
      before = closing;
    }
    if (page.length < pageSize) return { kind: 'whole', count: before?.number ?? 0, hash: before?.hash ?? null };
  }
}

async function brokenEntries(deps: Pick<AccountingDeps, 'database'>, closing: Closing): Promise<string | undefined> {
  const expected = readContent(closing)?.entries;
  const hash = createEntriesHash();
  for await (const page of pagesOfEntries(deps, closing.number)) for (const { content } of page) hash.add(content);
  const found = hash.end();
  if (expected?.count !== found.count) return `it has ${found.count} entries instead of ${expected?.count ?? 'none'}`;
  return expected.hash === found.hash ? undefined : 'its entries are not what was hashed';
}

/** The entries of one closing, in the order in which they were hashed. */
export async function* pagesOfEntries(
  deps: { database: Pick<AccountingDeps['database'], 'read'> },
  number: number,
): AsyncGenerator<LedgerEntry[]> {
  let after: string | null = null;
  for (;;) {
    const query: Parameters<AccountingStores['ledger']['listEntries']>[0] = { number, after, limit: entriesPageSize };
    const page = await deps.database.read((stores) => stores.ledger.listEntries(query));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < entriesPageSize) return;
    after = last.paymentId;
  }
}
