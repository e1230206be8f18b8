import { expect, test } from 'vitest';
import { collectedPages } from '#payments/providers/kit/paging.ts';

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
