import type { ProviderName } from '#kernel/provider-name.ts';
import { ProviderUnreachable } from '../../ports/provider-errors.ts';

/** No list is longer than this many pages of 100; a window that is fuller has to be asked for in parts. */
const pagesMax = 1_000;

/**
 * Walks the pages of a list. Throws ProviderUnreachable when the bound is met or a page names itself as the next one:
 * a list that was cut silently would read as "missing at the provider".
 */
export async function* collectedPages<Item, Cursor>(
  bound: { provider: ProviderName; pagesMax?: number },
  fetchPage: (cursor: Cursor | undefined) => Promise<{ items: Item[]; next: Cursor | undefined }>,
): AsyncGenerator<Item[]> {
  const limit = bound.pagesMax ?? pagesMax;
  let cursor: Cursor | undefined;
  for (let page = 0; page < limit; page += 1) {
    const { items, next } = await fetchPage(cursor);
    yield items;
    if (next === undefined) return;
    if (next === cursor) throw broken(bound.provider, 'the list names the same page twice');
    cursor = next;
  }
  throw broken(bound.provider, `the list has more than ${limit} pages`);
}

/**
 * Walks a list whose pages go by offset. Something that is made meanwhile pushes an item onto the next page, so that each
 * item is given once. `endsWithoutNews`: the server may give the whole list each time.
 */
export function offsetPages<Item extends { id: string }>(
  list: { provider: ProviderName; pageSize: number; endsWithoutNews?: true },
  fetchPage: (offset: number) => Promise<Item[]>,
): AsyncGenerator<Item[]> {
  const seen = new Set<string>();
  return collectedPages(list, async (offset: number = 0) => {
    const items = await fetchPage(offset);
    const news = items.filter(({ id }) => !seen.has(id));
    for (const { id } of news) seen.add(id);
    const isLast = items.length < list.pageSize || (list.endsWithoutNews === true && news.length === 0);
    return { items: news, next: isLast ? undefined : offset + list.pageSize };
  });
}

function broken(provider: ProviderName, what: string): ProviderUnreachable {
  const operation = 'list_payments';
  return new ProviderUnreachable({
    provider,
    operation,
    code: null,
    httpStatus: null,
    message: `${operation}: ${what}`,
  });
}
