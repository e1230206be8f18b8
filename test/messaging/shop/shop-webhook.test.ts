import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { createShopWebhookHandler } from '#messaging/shop/shop-webhook.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

let server: Server;
let answer: { status: number; body: string };
beforeEach(async () => {
  answer = { status: 200, body: '' };
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.statusCode = answer.status;
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const message: OutboxMessage = {
  id: 'message-1',
  key: 'shop.event:order.paid:1',
  topic: 'shop.event',
  lane: 'shop',
  priority: 1,
  payload: { webhookId: 'msg_1', type: 'order.paid', timestamp: '2026-11-22T03:00:00.000Z', order: { id: '1' } },
  receivedAt: 0,
  availableAt: 0,
  lockedUntil: null,
  lockedBy: null,
  processedAt: null,
  abandonedAt: null,
  lastError: null,
  startedAttempts: 1,
  finishedAttempts: 0,
};

function announce() {
  const { port } = server.address() as AddressInfo;
  const target = { url: `http://127.0.0.1:${port}/hook`, secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] };
  const handler = createShopWebhookHandler({ target, clock: createTestClock() });
  return handler.deliver(message, new AbortController().signal);
}

test('a shop that answers 200 with a whole page has received the event, however long the page is', async () => {
  answer.body = '<p>thank you</p>'.repeat(20_000);
  expect(await announce()).toEqual({ kind: 'done', outcome: 'answered 200' });
});

test('a shop that answers 500 is sent the event again', async () => {
  answer = { status: 500, body: 'x'.repeat(200_000) };
  expect(await announce()).toMatchObject({ kind: 'retry', error: 'the shop answered 500' });
});
