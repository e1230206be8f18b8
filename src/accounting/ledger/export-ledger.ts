import { addDays, type CalendarDay } from '#kernel/calendar.ts';
import type { Database } from '#kernel/database.ts';
import type { JsonObject } from '#kernel/json.ts';
import { walkPages } from '#kernel/page.ts';
import { readEntry } from './chain.ts';
import type { Closing } from './closing.ts';
import type { AccountingStores } from './deps.ts';
import { type ClosedDay, toClosedDay } from './read-ledger.ts';
import { pagesOfEntries } from './verify-ledger.ts';

type ReadDeps = { database: Pick<Database<AccountingStores>, 'read'> };

const pageSize = 50;

/** The closings of the days from `from` to `to`, both of them included, in the order of the chain. */
export async function* exportLedger(
  deps: ReadDeps,
  period: { from: CalendarDay; to: CalendarDay },
): AsyncGenerator<ClosedDay[]> {
  const first = await numberBefore(deps, period.from);
  if (first === undefined) return;
  const pages = walkPages({ limit: pageSize }, (last: Closing | undefined) =>
    deps.database.read((stores) => stores.ledger.walkClosings({ after: last?.number ?? first, limit: pageSize })),
  );
  for await (const page of pages) {
    const closed = page.filter(({ day }) => day <= period.to).flatMap(toClosedDay);
    if (closed.length > 0) yield closed;
    if (page.some(({ day }) => day > period.to)) return;
  }
}

/** Days and numbers rise together, so the number of a day is computed; undefined when nothing is closed. */
async function numberBefore(deps: ReadDeps, day: CalendarDay): Promise<number | undefined> {
  const last = await deps.database.read((stores) => stores.ledger.findLastClosing());
  if (last === undefined) return undefined;
  const days = Math.round((Date.parse(last.day) - Date.parse(addDays(day, -1))) / 86_400_000);
  return Math.max(0, last.number - days);
}

/** A closing with everything that is needed to compute its hash again. */
export function closingToExport({ closing, content }: ClosedDay): JsonObject {
  const { number, day, hash, previousHash } = closing;
  return { number, day, hash, previousHash, content };
}

/** The entries behind one closing, in the order in which they were hashed. */
export async function readEntries(deps: ReadDeps, number: number): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  for await (const page of pagesOfEntries(deps, number)) all.push(...page.map(readEntry));
  return all;
}
