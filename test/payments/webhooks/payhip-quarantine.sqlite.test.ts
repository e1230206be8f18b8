// Payhip's signature is one text for ever and its address has a secret end: what is kept of which lie, and how much of it.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { checkQuarantine } from '#payments/webhooks/check-quarantine.ts';
import { createWebhookReceiver, type ReceiveWebhook, type WebhookReceipt } from '#payments/webhooks/receive-webhook.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let receive: ReceiveWebhook;
const admin = { kind: 'admin', id: '42' } as const;
const end = 'the-end-of-the-address';

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  deps = { ...made, providers: withKey(made, 'old') };
  receive = createWebhookReceiver(deps);
});
afterEach(() => opened.remove());

function withKey(made: TestDeps, apiKey: string): TestDeps['providers'] {
  return createProviderRegistry(
    { payhip: { apiUrl: 'https://payhip.example', apiKeys: [apiKey], pathSecrets: [end] } },
    { ...made, createHttpClient },
  );
}

/** The webhook of a channel order, signed with the key, at the address with this secret end. */
function tell(id: string, about: { key: string; pathSecret: string }): Promise<WebhookReceipt> {
  const signature = createHash('sha256').update(about.key).digest('hex');
  const date = Math.floor(deps.clock.now() / second);
  const body = Buffer.from(JSON.stringify({ type: 'paid', id, price: 900, currency: 'USD', date, signature }));
  const headers = { 'content-type': 'application/json' };
  return receive({ provider: 'payhip', delivery: { headers, body, pathSecret: about.pathSecret } });
}

const kept = () => opened.database.read((stores) => stores.quarantine.listQuarantined({ source: null, limit: 900 }));

test('a flood at guessed addresses leaves nothing, and a flood that is signed pushes no real event out', async () => {
  await tell('real', { key: 'new', pathSecret: end });
  for (let nth = 0; nth < 300; nth += 1) {
    expect(await tell(`noise-${nth}`, { key: 'guessed', pathSecret: `guess-${nth}` })).toEqual({
      kind: 'unknown_provider',
    });
  }
  expect(await kept()).toHaveLength(1);
  // Who has seen one webhook knows the signature, and has all day.
  for (let nth = 0; nth < 400; nth += 1) {
    await tell(`signed-${nth}`, { key: 'old', pathSecret: `guess-${nth}` });
    deps.clock.advance(2 * second);
  }
  const rows = await kept();
  expect(rows.length).toBeLessThanOrEqual(200);
  expect(rows.filter(({ body }) => body !== null)).toMatchObject([{ reason: 'signature_wrong' }]);
  deps.providers = withKey(deps, 'new');
  expect(await checkQuarantine(deps, { provider: 'payhip', actor: admin })).toMatchObject({ recovered: 1 });
});

test('a new key takes in what came to the right address only, and nothing of the address is kept', async () => {
  await tell('real', { key: 'new', pathSecret: end });
  await tell('elsewhere', { key: 'old', pathSecret: 'another-end' });
  expect((await kept()).map(({ reason, body }) => [reason, body === null])).toEqual([
    ['address_wrong', true],
    ['signature_wrong', false],
  ]);
  expect(JSON.stringify((await kept()).map(({ headers }) => headers))).not.toMatch(/end-of|another-end|signature/);
  deps.clock.advance(600 * minute);
  deps.providers = withKey(deps, 'new');
  expect(await checkQuarantine(deps, { provider: 'payhip', actor: admin })).toEqual({
    checked: 1,
    recovered: 1,
    settled: 0,
    refused: 0,
  });
  const query = { source: 'payhip', from: 0, to: deps.clock.now() + 1, eventType: null, after: null, limit: 9 };
  const events = await opened.database.read((stores) => stores.inbox.listArrivals(query));
  expect(events.map(({ eventKey }) => eventKey)).toEqual(['paid:real']);
});

test('an event that is genuine and cannot be read blames no secret, and is kept for a version that reads it', async () => {
  const signature = createHash('sha256').update('old').digest('hex');
  const body = Buffer.from(JSON.stringify({ type: 'paid', id: 'a', price: '24.00', currency: 'USD', signature }));
  const headers = { 'content-type': 'application/json' };
  const receipt = await receive({ provider: 'payhip', delivery: { headers, body, pathSecret: end } });
  expect(receipt).toEqual({ kind: 'refused', reason: 'body_malformed' });
  const alert = await opened.database.read((stores) => stores.cases.findLiveCase('webhook_refused:payhip'));
  expect(alert?.facts.headline).toBe('Webhooks that cannot be read');
  expect(alert?.facts.detail).not.toContain('If you changed');
  expect(alert?.facts.detail).toContain('1 of them may be real and are kept');
});
