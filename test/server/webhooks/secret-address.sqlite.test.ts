// Webhooks whose address ends in a secret: the end is required, and never shown.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { payhipSignature } from '#sandbox/providers/payhip/webhook.ts';
import { secretWebhookBytesMax } from '#server/webhooks/provider-webhooks.ts';
import { openServerFixture, type ServerFixture } from '../support/server-fixture.ts';

let fixture: ServerFixture;
let end: string;

beforeEach(async () => {
  fixture = await openServerFixture({ providers: ['payhip', 'btcpay'] });
  end = fixture.sandbox.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '';
});
afterEach(() => fixture.close());

function sale(change: Record<string, unknown> = {}): string {
  const signature = payhipSignature(fixture.sandbox.environment['PAYHIP_API_KEY'] ?? '');
  const now = Math.floor(Date.now() / 1_000);
  return JSON.stringify({ type: 'paid', id: 'A1', price: 900, currency: 'USD', date: now, signature, ...change });
}

function post(path: string, body: string | Uint8Array<ArrayBuffer>, method = 'POST'): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return Promise.resolve(
    fixture.server.app.request(path, method === 'POST' ? { method, headers, body } : { method, headers }),
  );
}

async function storedEvents(): Promise<number> {
  const depths = await fixture.db.database.read((stores) => stores.inbox.depths(Date.now()));
  return depths.reduce((sum, depth) => sum + depth.waiting, 0);
}

const told = async (response: Response) => ({
  status: response.status,
  body: await response.text(),
  headers: Object.fromEntries([...response.headers].filter(([name]) => name !== 'x-request-id')),
});

describe('an address with a secret end', () => {
  test('takes what is signed, once', async () => {
    const answers = [await post(`/webhooks/payhip/${end}`, sale()), await post(`/webhooks/payhip/${end}`, sale())];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await storedEvents()).toBe(1);
  });

  test.each(['guessed', '', 'END0', '../payhip', '%00', 'a/b', '%2e%2e'])(
    'answers %o in its place as if there were no such page, however good the webhook is',
    async (guess) => {
      const nothing = await told(await post('/webhooks/unheard-of', sale()));
      expect(nothing.status).toBe(404);
      const path = guess === 'END0' ? `${end}0` : guess;
      expect(await told(await post(`/webhooks/payhip/${path}`, sale()))).toEqual(nothing);
      expect(await told(await post('/webhooks/payhip', sale()))).toEqual(nothing);
      expect(await storedEvents()).toBe(0);
    },
  );

  test('does not exist for a provider that has none', async () => {
    expect((await post('/webhooks/btcpay', '{}')).status).toBe(401);
    expect((await post('/webhooks/btcpay/anything', '{}')).status).toBe(404);
  });

  test('refuses what is signed badly, without saying why', async () => {
    const response = await post(`/webhooks/payhip/${end}`, sale({ signature: 'ab'.repeat(32) }));
    expect(response.status).toBe(401);
    expect(await response.text()).not.toMatch(/hash|sha|key/i);
  });

  test('reads up to 64 KiB and refuses one byte more', async () => {
    expect((await post(`/webhooks/payhip/${end}`, new Uint8Array(secretWebhookBytesMax))).status).toBe(401);
    expect((await post(`/webhooks/payhip/${end}`, new Uint8Array(secretWebhookBytesMax + 1))).status).toBe(413);
  });

  test('is in no log, no label and no answer, whatever happens at it', async () => {
    const path = `/webhooks/payhip/${end}`;
    const answers = [
      await post(path, sale()),
      await post(path, sale({ signature: 'ab'.repeat(32) })),
      await post(path, 'no JSON'),
      await post(path, new Uint8Array(secretWebhookBytesMax + 1)),
      await post(path, '', 'GET'),
      await post(path, '', 'DELETE'),
      await post(`${path}/more`, sale()),
    ];
    const metrics = await (await fixture.server.app.request('/metrics')).text();
    await fixture.db.database.close();
    const failed = await post(path, sale({ id: 'A2' }));
    expect(failed.status).toBe(503);
    const texts = await Promise.all([...answers, failed].map((response) => response.text()));
    expect(fixture.logged.join()).toContain('webhook not stored');
    for (const text of [...texts, metrics, ...fixture.logged]) expect(text).not.toContain(end);
    expect(metrics).toContain('tillkeeper_webhooks_total{provider="payhip",outcome="accepted"} 1');
  });
});
