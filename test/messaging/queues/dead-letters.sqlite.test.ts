import { afterEach, beforeEach, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { listDeadLetterPage } from '#messaging/queues/dead-letters.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

/** A message of the queue that is given up on a minute later. Its id says nothing of when that was. */
async function giveUpOn(queue: 'inbox' | 'outbox', { key, id }: { key: string; id: string }): Promise<void> {
  const receivedAt = deps.clock.now();
  const event = { source: 'btcpay', eventKey: key, eventType: 'x', reference: key, detail: null, trust: 'signed' };
  const message = { availableAt: receivedAt, key, topic: 'shop.event', lane: 'shop', priority: 0, payload: {} };
  await opened.database.transaction(async (stores) => {
    if (queue === 'inbox') await stores.inbox.append({ id, receivedAt, ...event, body: new Uint8Array() });
    else await stores.outbox.enqueue({ id, receivedAt, ...message });
    const claim = { lane: null, now: receivedAt, lockedUntil: receivedAt + minute, lockedBy: 'test', limit: 1 };
    await stores[queue].claimDue({ ...claim, suspectedPoison: false });
    await stores[queue].abandon({ id, lockedBy: 'test', at: receivedAt + minute, reason: 'no' });
  });
  deps.clock.advance(2 * minute);
}

async function pageOf(position: Parameters<typeof listDeadLetterPage>[1]['position']) {
  const page = await listDeadLetterPage(deps, { position, size: 2 });
  const keys = page.rows.map((letter) => (letter.queue === 'inbox' ? letter.row.eventKey : letter.row.key));
  return { keys, next: page.next ?? null, previous: page.previous ?? null };
}

test('dead letters of both queues stand in one list, the last abandoned first, and its pages turn both ways', async () => {
  const given = [
    ['outbox', 'a', '5'],
    ['inbox', 'b', '1'],
    ['inbox', 'c', '4'],
    ['outbox', 'd', '2'],
    ['inbox', 'e', '3'],
  ] as const;
  for (const [queue, key, id] of given) await giveUpOn(queue, { key, id });
  const first = await pageOf(null);
  const second = await pageOf(first.next);
  const third = await pageOf(second.next);
  expect([first.keys, second.keys, third.keys]).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
  expect(third.next).toBeNull();
  expect((await pageOf(third.previous)).keys).toEqual(['c', 'b']);
});
