/** Rows page by page until a page is not full. `load` is given the last row of the page before. */
export async function* readPages<Row>(
  limit: number,
  load: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined;
  do {
    const page = await load(last);
    if (page.length > 0) yield page;
    last = page.length < limit ? undefined : page.at(-1);
  } while (last !== undefined);
}

/** Where a page of rows that are sorted by their creation goes on. */
export function placeAfter<Row extends { createdAt: number; id: string }>(
  last: Row | undefined,
): Pick<Row, 'createdAt' | 'id'> | null {
  return last === undefined ? null : { createdAt: last.createdAt, id: last.id };
}
