import { expect, test } from 'vitest';
import { checkShop, judgeShop } from '#diagnostics/check-shop.ts';
import { json, scriptedServer } from '../payments/providers/support/scripted-server.ts';

const origin = 'https://shop.example';
const answered = (status: number) => judgeShop({ kind: 'answered', status, contentType: '', text: '' }, origin);

test.each([
  [200, 'ok'],
  [204, 'ok'],
  [401, 'ok'],
  [404, 'ok'],
  [405, 'ok'],
  [301, 'warning'],
  [308, 'warning'],
  [500, 'warning'],
  [502, 'warning'],
])('a site that answers %i to HEAD is %s', (code, status) => {
  expect(answered(code)).toMatchObject({ status });
});

test('a site that does not answer is an error, and the path of its address, which may be secret, is not shown', async () => {
  const server = await scriptedServer();
  await server[Symbol.asyncDispose]();
  const [check] = await checkShop(`${server.url}/hook?token=CANARY`, AbortSignal.timeout(30_000));
  expect(check).toMatchObject({ status: 'error', detail: `${server.url} does not answer (ECONNREFUSED)` });
});

test('the probe sends no order event', async () => {
  await using server = await scriptedServer(json(405, ''));
  await checkShop(`${server.url}/hook`, AbortSignal.timeout(30_000));
  expect(server.requests).toMatchObject([{ method: 'HEAD', url: '/hook', body: '' }]);
});

test('a shop without a webhook is ok', async () => {
  expect(await checkShop(null, AbortSignal.timeout(30_000))).toMatchObject([{ status: 'ok' }]);
});
