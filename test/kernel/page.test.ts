import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Page, type PagePosition, pageOfList, readPage } from '#kernel/page.ts';

const size = 4;
const keyOf = (row: number) => row;

/** A list of numbers, the highest first, that may change while it is turned. */
function read(rows: ReadonlySet<number>, position: PagePosition<number> | null): Promise<Page<number, number>> {
  return readPage<number, number>({
    position,
    size,
    keyOf,
    read(border, limit) {
      const sorted = [...rows].sort((left, right) => right - left);
      if (border === null) return Promise.resolve(sorted.slice(0, limit));
      if (border.side === 'after') return Promise.resolve(sorted.filter((row) => row < border.key).slice(0, limit));
      return Promise.resolve(sorted.filter((row) => row > border.key).slice(-limit));
    },
  });
}

async function turnToTheEnd(
  rows: ReadonlySet<number>,
  between: () => void = () => undefined,
): Promise<Page<number, number>[]> {
  const pages = [await read(rows, null)];
  for (let turn = 0; turn < 100; turn += 1) {
    const next = pages.at(-1)?.next;
    if (next === undefined) return pages;
    between();
    pages.push(await read(rows, next));
  }
  throw new Error('the list has no end');
}

const someRows = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { maxLength: 40 });

describe('a list that is turned page by page', () => {
  test('shows every row once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, async (rows) => {
        const pages = await turnToTheEnd(new Set(rows));
        expect(pages.flatMap((page) => page.rows)).toEqual(rows.sort((left, right) => right - left));
        expect(pages.map(({ index }) => index)).toEqual(pages.map((_, index) => index));
      }),
    );
  });

  test('neither repeats nor leaves out a row when rows come in before it', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, async (given) => {
        const rows = new Set(given);
        let newest = 1_000;
        const pages = await turnToTheEnd(rows, () => {
          newest += 1;
          rows.add(newest);
        });
        expect(pages.flatMap((page) => page.rows)).toEqual(given.sort((left, right) => right - left));
      }),
    );
  });

  test('goes back over the same rows, page by page, to the beginning', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, async (given) => {
        const rows = new Set(given);
        const pages = await turnToTheEnd(rows);
        for (const [index, page] of [...pages.entries()].reverse()) {
          if (index === 0) expect(page.previous).toBeUndefined();
          else expect(await read(rows, page.previous ?? null)).toEqual(pages[index - 1]);
        }
      }),
    );
  });

  test('asks for one page and a row more, however far back it is', async () => {
    const limits: number[] = [];
    const rows = Array.from({ length: 1_000 }, (_, index) => index);
    const position = { index: 99, side: 'after', key: 500 } as const;
    const page = await readPage<number, number>({
      position,
      size,
      keyOf,
      read(border, limit) {
        limits.push(limit);
        return Promise.resolve(rows.filter((row) => row > (border?.key ?? -1)).slice(0, limit));
      },
    });
    expect(limits).toEqual([size + 1]);
    expect(page).toMatchObject({ rows: [501, 502, 503, 504], index: 99, next: { index: 100, key: 504 } });
  });

  test('shows the first page when the rows before it were removed', async () => {
    const page = await read(new Set([9, 8, 3, 2]), { index: 2, side: 'before', key: 5 });
    expect(page).toMatchObject({ rows: [9, 8, 3, 2], index: 0, previous: undefined, next: undefined });
  });

  test('leads back to the beginning from a page on which nothing is left', async () => {
    expect(await read(new Set([9]), { index: 1, side: 'after', key: 5 })).toEqual({
      rows: [],
      index: 1,
      previous: null,
      next: undefined,
    });
  });
});

test('a list in memory starts again when the row beside the page was removed', async () => {
  const query = { position: { index: 1, side: 'after', key: 'x' } as const, size: 2, keyOf: (row: string) => row };
  expect((await pageOfList(['a', 'x', 'b', 'c'], query)).rows).toEqual(['b', 'c']);
  expect((await pageOfList(['a', 'b', 'c'], query)).rows).toEqual(['a', 'b']);
  const back = { ...query, position: { index: 1, side: 'before', key: 'c' } as const };
  expect((await pageOfList(['a', 'x', 'b', 'c'], back)).rows).toEqual(['x', 'b']);
});
