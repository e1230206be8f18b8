import { describe, expect, test } from 'vitest';
import { checkAddress, type Identity, judgeAddress, judgeRoute } from '#diagnostics/check-address.ts';
import { json, scriptedServer } from '../payments/providers/support/scripted-server.ts';

const publicUrl = 'https://till.example';
const about = { publicUrl, instance: 'one', isAllLocal: false };
const nobody = (reason: string): Identity => ({ kind: 'none', reason });
const ours = (instance: string): Identity => ({ kind: 'ours', instance });

describe('PUBLIC_URL', () => {
  test.each<[string, Identity, string | null, string]>([
    ['leads to this very product', ours('one'), 'one', 'ok'],
    ['leads to another one', ours('two'), 'one', 'error'],
    ['leads to one, and which is not known', ours('two'), null, 'ok'],
    ['leads to somebody else’s page', { kind: 'other', status: 200 }, 'one', 'error'],
    ['leads to somebody else’s page while we do not run', { kind: 'other', status: 200 }, null, 'error'],
    ['leads to a proxy that does not find us', { kind: 'other', status: 502 }, 'one', 'error'],
    ['leads to a proxy that does not find us while we do not run', { kind: 'other', status: 502 }, null, 'warning'],
    ['is refused', nobody('ECONNREFUSED'), 'one', 'error'],
    ['is refused while we do not run', nobody('ECONNREFUSED'), null, 'warning'],
    ['has no address, whether we run or not', nobody('ENOTFOUND'), null, 'error'],
    ['has a certificate that ran out, whether we run or not', nobody('CERT_HAS_EXPIRED'), null, 'error'],
  ])('that %s', (_what, there, instance, status) => {
    expect(judgeAddress(there, { ...about, instance })).toMatchObject({ name: 'address', status });
  });

  test('of this machine only is a warning, unless every provider is on it', () => {
    const local = { ...about, publicUrl: 'http://127.0.0.1:8080' };
    expect(judgeAddress(ours('one'), local)).toMatchObject({ status: 'warning' });
    expect(judgeAddress(ours('one'), { ...local, isAllLocal: true })).toMatchObject({ status: 'ok' });
  });

  test('that is not set is a warning', async () => {
    const question = { publicUrl: null, ownUrl: null, instance: null, isAllLocal: false, routes: [] };
    expect(await checkAddress(question, AbortSignal.timeout(30_000))).toMatchObject([{ status: 'warning' }]);
  });
});

describe('a route', () => {
  const route = '/webhooks/any';
  const answer = (status: number, contentType = 'application/problem+json') =>
    judgeRoute(route, { kind: 'answered', status, contentType, text: '' });

  test.each([
    ['is ours by its refusal', answer(401), 'ok'],
    ['is off in what runs there', answer(404), 'warning'],
    ['is ours and in trouble', answer(503), 'warning'],
    ['is a proxy’s own 401', answer(401, 'text/html'), 'error'],
    ['is a proxy’s own 404', answer(404, 'text/html'), 'error'],
    ['is a page that says all is well', answer(200, 'text/html'), 'error'],
    ['takes no POST', answer(405), 'error'],
    ['is cut off', judgeRoute(route, { kind: 'failed', reason: 'ECONNRESET' }), 'error'],
  ])('that %s', (_what, check, status) => {
    expect(check).toMatchObject({ name: 'route', status });
  });

  const secret = { group: 'payhip', path: '/webhooks/payhip', secretEnd: 'the-end-that-nobody-says' };
  const ours = json(200, { product: 'tillkeeper', instance: 'one' });
  const ask = (publicUrl: string, instance: string) => {
    const question = { publicUrl, ownUrl: null, instance, isAllLocal: true, routes: [secret] };
    return checkAddress(question, AbortSignal.timeout(30_000));
  };

  test.each([
    [401, 'ok', 'POST /webhooks/payhip/… arrives'],
    [404, 'warning', 'POST /webhooks/payhip/… is switched off in the product that runs there'],
  ])(
    'whose address has a secret end is asked there and answers %i: %s, and the end is not said',
    async (code, status, detail) => {
      const refusal = json(code, {}, { 'content-type': 'application/problem+json' });
      await using server = await scriptedServer(ours, refusal);
      const [, check] = await ask(server.url, 'one');
      expect(check).toMatchObject({ group: 'payhip', status, detail });
      expect(JSON.stringify(check)).not.toContain(secret.secretEnd);
      expect(server.requests.at(-1)).toMatchObject({ method: 'POST', url: `/webhooks/payhip/${secret.secretEnd}` });
    },
  );

  test('whose address has a secret end is not asked of another product', async () => {
    await using server = await scriptedServer(ours, json(401, {}));
    expect(await ask(server.url, 'two')).toMatchObject([{ name: 'address', status: 'error' }]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/livez']);
  });
});

test('a page that only resembles ours is another server’s, and its routes are not tried', async () => {
  const pages = [json(200, { status: 'ok', checks: [] }), json(200, { product: 'other', instance: 'one' })];
  for (const page of [...pages, json(200, '<html>'), json(301, '', { location: 'https://elsewhere.example/' })]) {
    await using server = await scriptedServer(page);
    const routes = [{ group: 'btcpay', path: '/webhooks/btcpay', secretEnd: null }];
    const question = { publicUrl: server.url, ownUrl: null, instance: 'one', isAllLocal: true, routes };
    expect(await checkAddress(question, AbortSignal.timeout(30_000))).toMatchObject([{ status: 'error' }]);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /livez']);
  }
});
