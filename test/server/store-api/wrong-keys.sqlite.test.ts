import { expect, test } from 'vitest';
import { openServerFixture, storeKey, storeRequest } from '../support/server-fixture.ts';

test('wrong store keys leave a line, a count and one case, and take no order away', async () => {
  const fixture = await openServerFixture({ providers: ['btcpay'], env: { METRICS_TOKEN: 'a-token-of-the-scrapes' } });
  const cases = () => fixture.db.database.read((stores) => stores.cases.findLiveCase('keys_refused:the store API'));
  try {
    const guess = (index: number) => storeRequest(fixture, { headers: { authorization: `Bearer guess-${index}` } });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => guess(index)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect((await storeRequest(fixture)).status).toBe(200);
    expect(fixture.logged.filter((line) => line.includes('wrong key refused'))).toEqual([
      'wrong key refused {"place":"store API"}',
    ]);
    await expect.poll(cases).toMatchObject({ kind: 'keys_refused', severity: 'warning', occurrences: 1 });
    const metrics = await fixture.server.app.request('/metrics', {
      headers: { authorization: 'Bearer a-token-of-the-scrapes' },
    });
    expect(await metrics.text()).toContain('tillkeeper_refused_keys_total{place="store API"} 100');
    expect(fixture.logged.join()).not.toContain(storeKey);
  } finally {
    await fixture.close();
  }
});
