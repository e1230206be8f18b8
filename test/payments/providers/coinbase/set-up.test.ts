import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createHttpClient } from '#network/pooled-client.ts';
import { type CoinbaseClient, createCoinbaseClient, findCoinbaseError } from '#payments/providers/coinbase/client.ts';
import { readCoinbaseKey } from '#payments/providers/coinbase/jwt.ts';
import {
  checkCoinbaseSetUp,
  type SubscriptionSource,
  subscriptionSourceOf,
} from '#payments/providers/coinbase/set-up.ts';
import { createProviderHttp } from '#payments/providers/http/client.ts';
import { connectionsToProviders, defaultHttpPolicy } from '#payments/providers/http/policy.ts';
import { fixtureJson } from '../support/fixtures.ts';
import {
  type Answer,
  json,
  recordingLog,
  scriptedServer,
  seededRandom,
  testClock,
} from '../support/scripted-server.ts';

const webhookUrl = 'https://shop.example.com/webhooks/coinbase';
const sample = fixtureJson<{ labels: Record<string, string>; subscriptionId: string }>(
  'coinbase-business/create-subscription-response.json',
);

function clientOf(url: string): CoinbaseClient {
  const clock = testClock();
  const random = seededRandom();
  const httpClient = createHttpClient(connectionsToProviders);
  const http = createProviderHttp(
    { clock, httpClient, random, log: recordingLog(), policy: { ...defaultHttpPolicy, attemptsMax: 1 } },
    { provider: 'coinbase', secrets: [], findError: findCoinbaseError },
  );
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = readCoinbaseKey({ keyId: 'k', secret: String(privateKey.export({ type: 'sec1', format: 'pem' })) });
  return createCoinbaseClient({ http, clock, random }, { apiUrl: `${url}/api/v1`, key });
}

const checkouts: Answer = json(200, { checkouts: [] });

async function checkAccount(answers: Answer[], network: SubscriptionSource['network'] = 'live') {
  await using server = await scriptedServer(checkouts, ...answers);
  const subscriptions = { url: `${server.url}/platform/v2/data/webhooks/subscriptions`, network };
  const about = { webhookUrl, subscriptions, now: 0 };
  const checks = await checkCoinbaseSetUp(clientOf(server.url), about, new AbortController().signal);
  return { webhook: checks[1], requests: server.requests };
}

const claimsOf = (authorization = ''): { uri: string } =>
  JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString('utf8'));

describe('the subscription', () => {
  test('that posts to us is found in the documented answer, and its deliveries are checked', async () => {
    const deliveries = fixtureJson('coinbase-business/subscription-events-response.json');
    const { webhook, requests } = await checkAccount([json(200, { subscriptions: [sample] }), json(200, deliveries)]);
    expect(webhook).toMatchObject({ status: 'ok', detail: `posts to ${webhookUrl}, the last delivery was accepted` });
    const [, list, events] = requests;
    const path = '/platform/v2/data/webhooks/subscriptions';
    expect([list?.url, events?.url]).toEqual([
      `${path}?pageSize=100`,
      `${path}/${encodeURIComponent(sample.subscriptionId)}/events`,
    ]);
    expect(claimsOf(list?.headers.authorization).uri).toBe(`GET ${list?.headers.host}${path}`);
  });

  test('for the other network is not ours', async () => {
    const sandbox = { ...sample, labels: { ...sample.labels, sandbox: 'true' } };
    const live = await checkAccount([json(200, { subscriptions: [sandbox] })]);
    expect(live.webhook).toMatchObject({ status: 'error', detail: `none posts to ${webhookUrl}` });
    const other = await checkAccount([json(200, { subscriptions: [sample] })], 'sandbox');
    expect(other.webhook).toMatchObject({ status: 'error' });
    const own = await checkAccount([json(200, { subscriptions: [sandbox] }), json(200, { events: [] })], 'sandbox');
    expect(own.webhook).toMatchObject({ status: 'ok' });
  });

  test('whose deliveries fail is reported with our answer', async () => {
    const event = { status: 'retrying', createdAt: '2026-11-22T11:00:00Z', response: { httpCode: 401 } };
    const events = [
      event,
      { ...event, status: 'failed' },
      { ...event, status: 'failed' },
      { ...event, status: 'pending' },
    ];
    const { webhook } = await checkAccount([json(200, { subscriptions: [sample] }), json(200, { events })]);
    expect(webhook).toMatchObject({ status: 'error', advice: expect.stringContaining('COINBASE_WEBHOOK_SECRET') });
    expect(webhook?.detail).toBe('the last 3 deliveries failed: the newest was answered 401');
  });

  test.each<[string, Answer]>([
    ['a key that may not read them', json(403, { errorType: 'forbidden', errorMessage: 'no' })],
    ['an answer of another shape', json(200, { data: [] })],
  ])('is no error for %s', async (_what, answer) => {
    const { webhook } = await checkAccount([answer]);
    expect(webhook).toMatchObject({ status: 'warning', advice: expect.stringContaining(webhookUrl) });
  });
});

test.each([
  ['https://business.coinbase.com/api/v1', 'live'],
  ['https://business.coinbase.com/sandbox/api/v1', 'sandbox'],
  ['http://127.0.0.1:7081/coinbase/api/v1', undefined],
  ['https://business.coinbase.com.example.org/api/v1', undefined],
])('subscriptions are asked about for %s as %s', (apiUrl, network) => {
  const source = subscriptionSourceOf(apiUrl);
  expect(source?.network).toBe(network);
  expect(source?.url ?? 'https://api.cdp.coinbase.com/').toMatch(/^https:\/\/api\.cdp\.coinbase\.com\//);
});
