/**
 * Rows page by page, until a page is not full or there were as many pages as are wanted. `load` is given the last row of
 * the page before.
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
  }
}
