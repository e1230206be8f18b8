import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { createShopWebhookHandler } from '#messaging/shop/shop-webhook.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

let server: Server;
let answer: { status: number; body: string; retryAfter?: string };
let connections: number;
beforeEach(async () => {
  answer = { status: 200, body: '' };
  connections = 0;
  hastened = 0;
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.statusCode = answer.status;
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
      response.end(answer.body);
    });
  });
  server.on('connection', () => {
    connections += 1;
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
  subject: null,
  turn: null,
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

const clock = createTestClock();
let hastened: number;
/** These messages wait for no other, so that nothing is read. */
const database = {
  read: () => Promise.reject(new Error('read')),
  async transaction() {
    hastened += 1;
    return undefined as never;
  },
};

function openHandler(to = database) {
  const { port } = server.address() as AddressInfo;
  const target = { url: `http://127.0.0.1:${port}/hook`, secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] };
  return createShopWebhookHandler({ target, clock, createHttpClient, log: createRecordingLog(), database: to });
}

function announce(handler = openHandler()) {
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

test.each([
  ['120', 2 * minute],
  [new Date(clock.now() + 2 * minute).toUTCString(), 2 * minute],
  [new Date(clock.now() - minute).toUTCString(), 0],
  ['86400', hour],
  [new Date(clock.now() + 40 * day).toUTCString(), hour],
  ['when it is mended', null],
])(
  'a shop that asks by Retry-After to wait %s is sent the event again accordingly, within an hour',
  async (retryAfter, retryAfterMs) => {
    answer = { status: 503, body: '', retryAfter };
    expect(await announce()).toMatchObject({ kind: 'retry', retryAfterMs });
  },
);

test('a connection to the shop is kept for the next event, whatever the shop answers', async () => {
  const handler = openHandler();
  for (const [status, body] of [
    [200, ''],
    [200, '{"ok":true}'],
    [500, 'x'.repeat(20_000)],
    [200, 'ok'],
  ] as const) {
    answer = { status, body };
    await announce(handler);
    // The connection is free once its answer was read to the end.
    await delay(20);
  }
  expect(connections).toBe(1);
});

test('no more connections are opened to the shop than messages are in hand, and an endless answer keeps none', async () => {
  const handler = openHandler();
  await Promise.all(Array.from({ length: 20 }, () => announce(handler)));
  expect(connections).toBeLessThanOrEqual(4);
  answer = { status: 200, body: 'x'.repeat(10_000_000) };
  expect(await announce(handler)).toEqual({ kind: 'done', outcome: 'answered 200' });
});

test('a shop that nobody reaches is told of in plain words, with the code in brackets and without its address', async () => {
  const handler = openHandler();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await announce(handler)).toMatchObject({
    kind: 'retry',
    error: 'the shop cannot be told: nothing listens at its address (ECONNREFUSED)',
  });
  const late = AbortSignal.abort();
  expect(await handler.deliver(message, late)).toMatchObject({
    kind: 'retry',
    error: 'the shop cannot be told: no answer came in time (ERR_CANCELED)',
  });
});

test('what waits for the shop is made due when it takes an event after ten minutes in which it took none, and not for each event', async () => {
  const handler = openHandler();
  const hastenedBy = async (): Promise<number> => {
    const before = hastened;
    await announce(handler);
    return hastened - before;
  };
  expect(await hastenedBy()).toBe(1);
  clock.advance(9 * minute);
  // One that it refuses meanwhile is its own trouble.
  answer = { status: 500, body: '' };
  expect(await hastenedBy()).toBe(0);
  answer = { status: 200, body: '' };
  expect(await hastenedBy()).toBe(0);
  clock.advance(10 * minute);
  answer = { status: 500, body: '' };
  expect(await hastenedBy()).toBe(0);
  answer = { status: 200, body: '' };
  expect(await hastenedBy()).toBe(1);
  expect(await hastenedBy()).toBe(0);
});

test('an event that the shop took is told, though what waits cannot be made due; the next one makes it due', async () => {
  let isAway = true;
  const handler = openHandler({
    ...database,
    transaction: () => (isAway ? Promise.reject(new Error('database away')) : database.transaction()),
  });
  expect(await announce(handler)).toEqual({ kind: 'done', outcome: 'answered 200' });
  isAway = false;
  await announce(handler);
  expect(hastened).toBe(1);
});
