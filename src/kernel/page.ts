// Keyset paging: a page begins beside a row and not at a count, so that rows which are added or removed meanwhile do not move
// a page, and no page costs more than the first.
import { setImmediate } from 'node:timers/promises';

/** Everybody else has a turn: a driver that answers at once would not give way by itself. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}

/** Where a page begins: beside a row that was shown. Null stands for the beginning of the list. */
export interface PagePosition<Key> {
  /** The number of the page, from zero. */
  index: number;
  side: 'after' | 'before';
  key: Key;
}

export interface Page<Row, Key> {
  rows: readonly Row[];
  index: number;
  /** Null is the beginning of the list; undefined where there is nothing before. */
  previous: PagePosition<Key> | null | undefined;
  next: PagePosition<Key> | undefined;
}

/** The rows beside this one; null for those at the beginning of the list. */
export type PageBorder<Key> = Pick<PagePosition<Key>, 'side' | 'key'> | null;

export interface PageQuery<Row, Key> {
  position: PagePosition<Key> | null;
  size: number;
  keyOf(row: Row): Key;
  /** At most `limit` rows next to the border, in the order of the list. */
  read(border: PageBorder<Key>, limit: number): Promise<readonly Row[]>;
}

export async function readPage<Row, Key>(query: PageQuery<Row, Key>): Promise<Page<Row, Key>> {
  const { position, size } = query;
  if (position?.side === 'before') {
    const rows = await query.read(position, size);
    // Rows before this place were removed: the page is the first by now.
    if (rows.length < size) return readPage({ ...query, position: null });
    return pageOf(query, { rows, index: position.index, hasMore: true });
  }
  const found = await query.read(position, size + 1);
  return pageOf(query, {
    rows: found.slice(0, size),
    index: position?.index ?? 0,
    hasMore: found.length > size,
  });
}

function pageOf<Row, Key>(
  { keyOf }: Pick<PageQuery<Row, Key>, 'keyOf'>,
  { rows, index, hasMore }: { rows: readonly Row[]; index: number; hasMore: boolean },
): Page<Row, Key> {
  const [first] = rows;
  const last = rows.at(-1);
  return {
    rows,
    index,
    previous: previousOf({ index, key: first && keyOf(first) }),
    next: hasMore && last !== undefined ? { index: index + 1, side: 'after', key: keyOf(last) } : undefined,
  };
}

function previousOf<Key>({ index, key }: { index: number; key: Key | undefined }): Page<unknown, Key>['previous'] {
  if (index === 0) return undefined;
  return index === 1 || key === undefined ? null : { index: index - 1, side: 'before', key };
}

/** A row's place in a list that is sorted by time and id. */
export interface TimedKey {
  at: number;
  id: string;
}

/** Pages of a list in memory; starts from the beginning when the row beside the page was removed. */
export function pageOfList<Row, Key>(
  rows: readonly Row[],
  query: Omit<PageQuery<Row, Key>, 'read'>,
): Promise<Page<Row, Key>> {
  return readPage({
    ...query,
    read(border, limit) {
      const at = border === null ? -1 : rows.findIndex((row) => query.keyOf(row) === border.key);
      const isBefore = at >= 0 && border?.side === 'before';
      return Promise.resolve(isBefore ? rows.slice(Math.max(at - limit, 0), at) : rows.slice(at + 1, at + 1 + limit));
    },
  });
}

/**
 * Rows page by page, until a page is not full or there were as many pages as are wanted. `load` is given the last row of
 * the page before. Between pages everybody else has a turn: a driver that answers at once would not give way by itself.
 */
export async function* walkPages<Row>(
  { limit, pagesMax = Number.POSITIVE_INFINITY }: { limit: number; pagesMax?: number },
  load: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined;
  for (let count = 0; count < pagesMax; count += 1) {
    const page = await load(last);
    if (page.length > 0) yield page;
    last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    await nextTurn();
  }
}

/** So many items of a long list are worked on at once: a few milliseconds, in which the process serves nobody else. */
export const sliceSize = 50;

/** The parts of a long list, one after the other, with a turn for all other work of the process between two of them. */
export async function* slicesOf<Item>(items: Iterable<Item>, size = sliceSize): AsyncGenerator<readonly Item[]> {
  let slice: Item[] = [];
  for (const item of items) {
    slice.push(item);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
    await nextTurn();
  }
  if (slice.length > 0) yield slice;
}

/** The same as `map` of an array, slice by slice. */
export async function mapInSlices<Item, Result>(items: Iterable<Item>, map: (item: Item) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for await (const slice of slicesOf(items)) results.push(...slice.map(map));
  return results;
}
