import { expect, test } from 'vitest';
import { collectedPages, offsetPages } from '#payments/providers/kit/paging.ts';

async function pagesOf(pages: AsyncIterable<number[]>): Promise<number[]> {
  const found: number[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

test('a list ends where there is no next page', async () => {
  const pages = collectedPages({ provider: 'btcpay', pagesMax: 5 }, async (cursor: number = 0) => ({
    items: [cursor],
    next: cursor < 2 ? cursor + 1 : undefined,
  }));
  expect(await pagesOf(pages)).toEqual([0, 1, 2]);
});

test('a list that is longer than its bound, or goes in a circle, is a failure and not a short list', async () => {
  const endless = collectedPages({ provider: 'btcpay', pagesMax: 3 }, async (cursor: number = 0) => ({
    items: [cursor],
    next: cursor + 1,
  }));
  await expect(pagesOf(endless)).rejects.toThrow('more than 3 pages');
  const circle = collectedPages({ provider: 'btcpay', pagesMax: 3 }, async () => ({ items: [1], next: 'same' }));
  await expect(pagesOf(circle)).rejects.toThrow('the same page twice');
});

test('an item that slips onto the next page while a list is read is given once', async () => {
  const pages = [['a', 'b'], ['b', 'c'], ['d']].map((ids) => ids.map((id) => ({ id })));
  const offsets: number[] = [];
  const found: string[] = [];
  const list = offsetPages({ provider: 'btcpay', pageSize: 2 }, async (offset) => {
    offsets.push(offset);
    return pages[offsets.length - 1] ?? [];
  });
  for await (const page of list) found.push(...page.map(({ id }) => id));
  expect({ found, offsets }).toEqual({ found: ['a', 'b', 'c', 'd'], offsets: [0, 2, 4] });
});

test('a server without pages, which gives its whole list each time, ends where nothing is new', async () => {
  let calls = 0;
  const list = offsetPages({ provider: 'btcpay', pageSize: 1, endsWithoutNews: true }, async () => {
    calls += 1;
    return [{ id: 'a' }, { id: 'b' }];
  });
  const found: string[] = [];
  for await (const page of list) found.push(...page.map(({ id }) => id));
  expect({ found, calls }).toEqual({ found: ['a', 'b'], calls: 2 });
});
