import type { CalendarDay } from '#kernel/calendar.ts';
import type { Database } from '#kernel/database.ts';
import { walkPages } from '#kernel/page.ts';
import { type BrokenLink, brokenLink, createEntriesHash, readContent } from './chain.ts';
import type { Closing, LedgerEntry } from './closing.ts';
import type { AccountingStores } from './deps.ts';

const pageSize = 50;
const entriesPageSize = 500;

export type LedgerVerified =
  /** `hash` is that of the newest closing; null while there is none. */
  | { kind: 'whole'; count: number; hash: string | null }
  | ({ kind: 'broken'; number: number; day: CalendarDay } & LedgerFault);

export type LedgerFault =
  | BrokenLink
  | { code: 'entries_count_differs'; found: number; expected: number | null }
  | { code: 'entries_changed' };

/**
 * Checks the whole chain, with the entries behind each closing, and names the first link that does not hold. A closing
 * that was removed at the newest end is only noticed with a hash that was kept elsewhere: in the reports that were
 * sent.
 */
export async function verifyLedger(deps: { database: Database<AccountingStores> }): Promise<LedgerVerified> {
  let before: Closing | undefined;
  const pages = walkPages({ limit: pageSize }, (last: Closing | undefined) =>
    deps.database.read((stores) => stores.ledger.walkClosings({ after: last?.number ?? 0, limit: pageSize })),
  );
  for await (const page of pages) {
    for (const closing of page) {
      const fault = brokenLink(before, closing) ?? (await brokenEntries(deps, closing));
      if (fault !== undefined) return { kind: 'broken', number: closing.number, day: closing.day, ...fault };
      before = closing;
    }
  }
  return { kind: 'whole', count: before?.number ?? 0, hash: before?.hash ?? null };
}

async function brokenEntries(
  deps: { database: Database<AccountingStores> },
  closing: Closing,
): Promise<LedgerFault | undefined> {
  const expected = readContent(closing)?.entries;
  const hash = createEntriesHash();
  for await (const page of pagesOfEntries(deps, closing.number)) for (const { content } of page) hash.add(content);
  const found = hash.end();
  if (expected?.count !== found.count) {
    return { code: 'entries_count_differs', found: found.count, expected: expected?.count ?? null };
  }
  return expected.hash === found.hash ? undefined : { code: 'entries_changed' };
}

/** The entries of one closing, in the order in which they were hashed. */
export function pagesOfEntries(
  deps: { database: Pick<Database<AccountingStores>, 'read'> },
  number: number,
): AsyncGenerator<readonly LedgerEntry[]> {
  const limit = entriesPageSize;
  return walkPages({ limit }, (last: LedgerEntry | undefined) =>
    deps.database.read((stores) => stores.ledger.listEntries({ number, after: last?.paymentId ?? null, limit })),
  );
}
