// Timelines whose entries had a key of their own, and messages that were kept whole once they were sent.
import { expect, test } from 'vitest';
import type { Engine } from '#db/engine/migrations.ts';
import { asOrderId } from '#kernel/ids.ts';
import { insertText, noon, oldSchema, type Row } from './old-cases.ts';
import { orderRow, paymentRow, timelineRow } from './old-digits.ts';
import type { OldDatabase } from './take-over.ts';

const [first, second] = ['first', 'second'].map((id) => ({ id, currency: 'USD', amountMinor: 100, asked: '1.00' }));

/** Neither by time nor by id, and of two orders in turns. */
function statements(): string[] {
  if (first === undefined || second === undefined) return [];
  const entry = (order: typeof first, change: Row): string =>
    insertText('timeline_entries', { ...timelineRow(order), ...change });
  return [
    ...[first, second].flatMap((order) => [
      insertText('orders', orderRow(order)),
      insertText('payments', paymentRow(order, order.asked)),
      insertText('payment_transaction_ids', { payment_id: `payment-${order.id}`, transaction_id: 'sent-once' }),
    ]),
    entry(first, { id: 'c', at: noon + 1, payment_id: 'payment-first', from_status: 'created', trust: 'fetched' }),
    entry(second, { id: 'd', at: noon }),
    entry(first, { id: 'b', at: noon + 2 }),
    entry(first, { id: 'a', at: noon + 2 }),
    ...['sent', 'waits'].map((id) => insertText('outbox_messages', messageRow(id, { isSent: id === 'sent' }))),
  ];
}

const shopEvent = { webhookId: 'order.paid:first', order: { id: 'first', number: 'T-1' } };

function messageRow(id: string, { isSent }: { isSent: boolean }): Row {
  const attempts = isSent ? 1 : 0;
  return {
    ...{ id, key: `shop.event:${id}`, topic: 'shop.event', lane: 'shop', priority: 1 },
    payload: JSON.stringify(shopEvent),
    ...{ received_at: noon, available_at: noon, processed_at: isSent ? noon : null },
    ...{ started_attempts: attempts, finished_attempts: attempts },
  };
}

export function describeRowsByKey(engine: Engine, openOld: () => Promise<OldDatabase>): void {
  test('are read as before, and go on; what was sent is kept without its order', async () => {
    await using old = await openOld();
    await old.run([...oldSchema(engine), ...statements()]);
    const database = await old.open();
    await database.migrate();
    const orderId = asOrderId('first');
    const timelineOf = (id: string) =>
      database.read((stores) => stores.timeline.listForOrder({ orderId: asOrderId(id), limit: 9 }));
    const before = await timelineOf('first');
    expect(before.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(before[0]).toEqual({
      ...{ id: 'c', orderId, paymentId: 'payment-first', at: noon + 1, subject: 'order', fromStatus: 'created' },
      ...{ toStatus: 'awaiting_payment', causeKind: 'store', causeId: 'x', actorKind: 'provider', actorId: 'x' },
      ...{ trust: 'fetched', text: 'recorded' },
    });
    const [latest] = before.slice(-1);
    if (latest === undefined) throw new Error('the timeline is lost');
    await database.transaction((stores) => stores.timeline.append({ ...latest, id: 'aa' }));
    expect((await timelineOf('first')).map(({ id }) => id)).toEqual(['c', 'a', 'aa', 'b']);
    expect((await timelineOf('second')).map(({ id }) => id)).toEqual(['d']);
    const found = await database.read((stores) => stores.payments.listPaymentsForOrder(orderId));
    expect(found.map(({ id }) => id)).toEqual(['payment-first']);
    const payloadOf = async (id: string) => (await database.read(({ outbox }) => outbox.find(id)))?.payload;
    expect(await payloadOf('waits')).toEqual(shopEvent);
    expect(await payloadOf('sent')).toEqual({ webhookId: 'order.paid:first' });
    await database.close();
  });
}
