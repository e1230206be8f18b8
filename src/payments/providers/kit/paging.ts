import type { ProviderName } from '#kernel/provider-name.ts';
import { ProviderUnreachable } from '../../ports/provider-errors.ts';

/** No list is longer than this many pages of 100; a window that is fuller has to be asked for in parts. */
export const pagesMax = 200;

/**
 * Walks the pages of a list. Throws ProviderUnreachable when the bound is met or a page names itself as the next one:
 * a list that was cut silently would read as "missing at the provider".
 */
export async function* collectedPages<Item, Cursor>(
  bound: { provider: ProviderName; pagesMax: number },
  fetchPage: (cursor: Cursor | undefined) => Promise<{ items: Item[]; next: Cursor | undefined }>,
): AsyncGenerator<Item[]> {
  let cursor: Cursor | undefined;
  for (let page = 0; page < bound.pagesMax; page += 1) {
    const { items, next } = await fetchPage(cursor);
    yield items;
    if (next === undefined) return;
    if (next === cursor) throw broken(bound.provider, 'the list names the same page twice');
    cursor = next;
  }
  throw broken(bound.provider, `the list has more than ${bound.pagesMax} pages`);
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
