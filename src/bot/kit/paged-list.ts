import type { Page, PagePosition } from '#kernel/page.ts';
import type { CallbackData } from '../text/callback-data.ts';
import type { Button } from '../text/view.ts';

/** Eight rows and what stands around them still fit a phone's screen. */
export const pageSize = 8;

/** Which page it is; nothing where there is only one. */
export function pageTitle(page: Pick<Page<unknown, unknown>, 'index' | 'next'>): string {
  return page.index === 0 && page.next === undefined ? '' : ` · page ${page.index + 1}`;
}

/** The buttons that turn the pages of a list, each with the position that it leads to. */
export function turnRow<Key>(
  page: Pick<Page<unknown, Key>, 'previous' | 'next'>,
  words: { previous: string; next: string },
  callbackFor: (position: PagePosition<Key> | null) => CallbackData,
): Button[] {
  const { previous, next } = page;
  const row: Button[] = [];
  if (previous !== undefined) row.push({ text: `‹ ${words.previous}`, callback: callbackFor(previous) });
  if (next !== undefined) row.push({ text: `${words.next} ›`, callback: callbackFor(next) });
  return row;
}

export const newestFirst = { previous: 'Newer', next: 'Older' } as const;
export const oldestFirst = { previous: 'Older', next: 'Newer' } as const;
