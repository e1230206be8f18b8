import { describe, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import type { FeesProvider } from '#payments/ports/fees-provider.ts';
import { connectTo } from '../support/connect-to.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';
import { type Answer, json, scriptedServer } from '../support/scripted-server.ts';

const from = Date.parse('2021-05-10T00:00:00Z');
const window = { from, to: from + 2 * day };
const settlements = fixtureJson<{ data: { id: string }[] }>('bitpay/getSettlementsResponse.json').data;
const ledgers = json(200, { data: [{ currency: 'EUR', balance: 0 }] });

/** Answers each path as the test says; of several answers one after the other. */
async function openBooks(answers: Record<string, Answer | Answer[]>) {
  const asked: Record<string, number> = {};
  const server = await scriptedServer((response, request) => {
    const path = request.url.split('?')[0] ?? '';
    const answer = path === '/ledgers' ? ledgers : answers[path];
    const turn = asked[path] ?? 0;
    asked[path] = turn + 1;
    const now = Array.isArray(answer) ? answer[Math.min(turn, answer.length - 1)] : answer;
    (now ?? json(404, { error: 'Object not found' }))(response, request);
  });
  const fees = connectTo('bitpay', server.url).fees as FeesProvider;
  const urls = (path: string) =>
    server.requests.map(({ url }) => new URL(url, server.url)).filter((url) => url.pathname === path);
  return { fees, urls, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('a ledger', () => {
  test('is asked for a day more on both sides, because whose days they are is not documented', async () => {
    await using books = await openBooks({ '/ledgers/EUR': json(200, fixture('bitpay/getLedgerEntriesResponse.json')) });
    const [page] = await Array.fromAsync(books.fees.listFees(window));
    expect(page).toMatchObject([{ reference: 'Hpqc63wvE1ZjzeeH4kEycF', fee: '0.08', net: '8.15', asset: 'EUR' }]);
    const [asked] = books.urls('/ledgers/EUR');
    expect([asked?.searchParams.get('startDate'), asked?.searchParams.get('endDate')]).toEqual([
      '2021-05-09',
      '2021-05-13',
    ]);
  });

  test('that cannot be read is no empty one', async () => {
    await using books = await openBooks({ '/ledgers/EUR': json(503, 'busy') });
    await expect(Array.fromAsync(books.fees.listFees(window))).rejects.toMatchObject({
      name: 'ProviderUnreachable',
    });
  });
});

describe('settlements', () => {
  test('are those of the window, with the payments of those whose report opens', async () => {
    const [first] = settlements;
    const report = fixture('bitpay/settlementReconciliationReport.CONSTRUCTED.json');
    await using books = await openBooks({
      '/settlements': json(200, { data: settlements }),
      [`/settlements/${first?.id}/reconciliationReport`]: json(200, report),
    });
    const shown = (await Array.fromAsync(books.fees.listSettlements(window))).flat();
    expect(shown.map(({ id, references }) => [id, references])).toEqual([
      ['KBkdURgmE3Lsy9VTnavZHX', ['Hpqc63wvE1ZjzeeH4kEycF', 'GZBBLcsgQamua3PN8GX92s']],
      ['RPWTabW8urd3xWv2To989v', null],
    ]);
    const [asked] = books.urls('/settlements');
    expect(Object.fromEntries(asked?.searchParams ?? [])).toMatchObject({
      currency: 'EUR',
      dateStart: '2021-05-09',
      dateEnd: '2021-05-13',
      limit: '100',
      offset: '0',
    });
    const [opened] = books.urls(`/settlements/${first?.id}/reconciliationReport`);
    expect(opened?.searchParams.get('token')).toMatch(/^2gBtViSiBWSEJGo1/);
    const day1 = { from, to: from + day };
    expect((await Array.fromAsync(books.fees.listSettlements(day1))).flat()).toHaveLength(1);
  });

  test('that a new one pushed onto the next page come once', async () => {
    const page = Array.from({ length: 100 }, (_, index) => ({ ...settlements[0], id: `s${index}`, token: null }));
    const pages = [json(200, { data: page }), json(200, { data: [page[99], { ...page[0], id: 's100' }] })];
    await using books = await openBooks({ '/settlements': pages });
    const shown = (await Array.fromAsync(books.fees.listSettlements(window))).flat();
    expect(shown.map(({ id }) => id)).toEqual([...page.map(({ id }) => id), 's100']);
    expect(books.urls('/settlements').map((url) => url.searchParams.get('offset'))).toEqual(['0', '100']);
  });

  test('whose report cannot be fetched are not returned without it', async () => {
    const path = `/settlements/${settlements[0]?.id}/reconciliationReport`;
    await using books = await openBooks({
      '/settlements': json(200, { data: settlements }),
      [path]: json(503, 'busy'),
    });
    const reading = Array.fromAsync(books.fees.listSettlements(window));
    await expect(reading).rejects.toMatchObject({ name: 'ProviderUnreachable' });
  });
});
