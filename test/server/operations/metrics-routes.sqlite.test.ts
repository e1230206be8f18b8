import { afterEach, describe, expect, test } from 'vitest';
import { openServerFixture, type ServerFixture } from '../support/server-fixture.ts';

let fixture: ServerFixture;
afterEach(() => fixture.close());

const ask = (authorization?: string) =>
  fixture.server.app.request('/metrics', { headers: authorization === undefined ? {} : { authorization } });

describe('/metrics', () => {
  test('is open to everybody who reaches it while METRICS_TOKEN is unset', async () => {
    fixture = await openServerFixture({ providers: [] });
    expect((await ask()).status).toBe(200);
  });

  test('answers to a bearer of METRICS_TOKEN only, the new one and the old', async () => {
    fixture = await openServerFixture({ providers: [], env: { METRICS_TOKEN: 'scrape-new-one,scrape-old-one' } });
    for (const wrong of [undefined, 'Bearer scrape', 'Basic scrape-new-one', 'Bearer key-of-the-shop']) {
      const refused = await ask(wrong);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('Bearer realm="tillkeeper"');
      expect(await refused.text()).not.toContain('tillkeeper_');
    }
    for (const token of ['scrape-new-one', 'scrape-old-one']) {
      const answer = await ask(`Bearer ${token}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('tillkeeper_build_info');
    }
  });

  test('scrapes at the same time share one look at the database', async () => {
    fixture = await openServerFixture({ providers: [] });
    const bodies = await Promise.all(Array.from({ length: 5 }, async () => (await ask()).text()));
    expect(new Set(bodies).size).toBe(1);
  });
});
