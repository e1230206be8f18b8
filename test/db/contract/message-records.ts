import { describe, expect, test } from 'vitest';
import type { QuarantinedWebhook, SentMessage } from '#messaging/queues/messaging-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

export function describeMessageRecords(open: OpenContractDatabase): void {
  describe('the quarantine', () => {
    const bounds = { rowsMax: 2, bytesMax: 1_000 };
    const facts = { reason: 'bad signature', bodyBytes: 9, headers: null, body: null };

    test('keeps the newest of each source and no more', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        const refused = (id: string, source: string, receivedAt: number) =>
          quarantine.quarantine({ id, source, receivedAt, bodyHash: id, ...facts }, bounds);
        await refused('a', 'btcpay', noon);
        await refused('b', 'bitpay', noon);
        await refused('c', 'btcpay', noon + 1);
        await refused('d', 'btcpay', noon + 2);
        const all = await quarantine.listQuarantined({ source: null, limit: 9 });
        expect(all.map((webhook) => webhook.id)).toEqual(['d', 'c', 'b']);
        const one = await quarantine.listQuarantined({ source: 'btcpay', limit: 1 });
        expect(one).toEqual([{ id: 'd', source: 'btcpay', receivedAt: noon + 2, bodyHash: 'd', ...facts }]);
      });
    });

    const whole = (id: string, receivedAt: number, bodyBytes = 9): QuarantinedWebhook => ({
      id,
      source: 'btcpay',
      receivedAt,
      reason: 'signature_wrong',
      bodyHash: `hash of ${id}`,
      bodyBytes,
      headers: { 'btcpay-sig': 'sha256=00' },
      body: new Uint8Array(bodyBytes).fill(7),
    });

    test('gives bodies back as they came, and lets those without one give way first', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        await quarantine.quarantine(whole('a', noon), bounds);
        await quarantine.quarantine({ ...whole('b', noon + 1), body: null }, bounds);
        await quarantine.quarantine(whole('c', noon + 2), bounds);
        const [newest, oldest] = await quarantine.listQuarantined({ source: 'btcpay', withBody: true, limit: 9 });
        expect(newest).toEqual({ ...whole('c', noon + 2), body: expect.anything() });
        expect(Buffer.from(newest?.body ?? []).equals(whole('c', 0).body ?? new Uint8Array())).toBe(true);
        expect(oldest?.id).toBe('a');
        expect(await quarantine.countQuarantined()).toEqual([{ source: 'btcpay', count: 2, withBody: 2 }]);
      });
    });

    test('keeps no more bytes than it may, the newest ones', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        const wide = { rowsMax: 9, bytesMax: 1_000 };
        for (const [index, id] of ['a', 'b', 'c'].entries()) {
          await quarantine.quarantine(whole(id, noon + index, 400), wide);
        }
        const kept = await quarantine.listQuarantined({ source: null, limit: 9 });
        expect(kept.map(({ id }) => id)).toEqual(['c', 'b']);
      });
    });

    test('keeps a body once, however often its sender comes again, and gives it out once', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        await quarantine.quarantine(whole('a', noon), bounds);
        await quarantine.quarantine({ ...whole('b', noon + 1), bodyHash: 'hash of a' }, bounds);
        const kept = await quarantine.listQuarantined({ source: null, limit: 9 });
        expect(kept.map(({ id }) => id)).toEqual(['a']);
        expect(await quarantine.takeOut('a')).toBe(true);
        expect(await quarantine.takeOut('a')).toBe(false);
      });
    });

    test('is listed page by page', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        for (const id of ['a', 'b', 'c']) await quarantine.quarantine(whole(id, noon), { ...bounds, rowsMax: 9 });
        const first = await quarantine.listQuarantined({ source: 'btcpay', limit: 2 });
        expect(first.map(({ id }) => id)).toEqual(['c', 'b']);
        const after = { receivedAt: noon, id: 'b' };
        const second = await quarantine.listQuarantined({ source: 'btcpay', after, limit: 2 });
        expect(second.map(({ id }) => id)).toEqual(['a']);
      });
    });
  });

  describe('a sent message', () => {
    test('has one place per bot, chat and subject', async () => {
      await using opened = await open();
      const message: SentMessage = {
        bot: 'pager',
        chatId: -1_001_234_567_890,
        subject: 'alert:1',
        messageId: 7,
        shownVersion: 1,
        contentHash: 'one',
        sentAt: noon,
        updatedAt: noon,
      };
      const elsewhere = { ...message, chatId: 42 };
      await opened.database.transaction(async ({ sentMessages }) => {
        await sentMessages.saveSent(message);
        await sentMessages.saveSent({ ...message, bot: 'admin' });
        await sentMessages.saveSent(elsewhere);
        const edited = { ...message, messageId: 8, shownVersion: 2, contentHash: 'two', updatedAt: noon + 1 };
        await sentMessages.saveSent(edited);
        expect(await sentMessages.findSent(message)).toEqual(edited);
        expect(await sentMessages.listSent({ bot: 'pager', subject: 'alert:1' })).toEqual([edited, elsewhere]);
        await sentMessages.forgetSent(message);
        expect(await sentMessages.findSent(message)).toBeUndefined();
        expect(await sentMessages.listSent({ bot: 'pager', subject: 'alert:1' })).toEqual([elsewhere]);
        await sentMessages.forgetSubjects([]);
        await sentMessages.forgetSubjects(['alert:2']);
        expect(await sentMessages.listSent({ bot: 'pager', subject: 'alert:1' })).toEqual([elsewhere]);
        await sentMessages.forgetSubjects(['alert:2', 'alert:1']);
        expect(await sentMessages.listSent({ bot: 'pager', subject: 'alert:1' })).toEqual([]);
        expect(await sentMessages.listSent({ bot: 'admin', subject: 'alert:1' })).toEqual([]);
      });
    });

    test('is listed with those of both bots, and forgotten with its chat', async () => {
      await using opened = await open();
      const stored = { messageId: 7, shownVersion: 1, contentHash: 'one', sentAt: noon, updatedAt: noon };
      const message = { ...stored, bot: 'pager', chatId: -5, subject: 'case:1' };
      const others = [
        { ...message, bot: 'admin', chatId: 42 },
        { ...message, chatId: 42 },
      ];
      await opened.database.transaction(async ({ sentMessages }) => {
        for (const one of [message, ...others, { ...message, subject: 'case:2' }]) await sentMessages.saveSent(one);
        expect(await sentMessages.listSent({ subject: 'case:1' })).toEqual([others[0], message, others[1]]);
        await sentMessages.forgetChat(-5);
        expect(await sentMessages.listSent({ subject: 'case:1' })).toEqual(others);
        expect(await sentMessages.listSent({ subject: 'case:2' })).toEqual([]);
      });
    });

    test('is forgotten with its message, of this bot alone', async () => {
      await using opened = await open();
      const stored = { chatId: 42, shownVersion: 1, contentHash: 'one', sentAt: noon, updatedAt: noon };
      const message = { ...stored, bot: 'admin', messageId: 7, subject: 'order:1' };
      const others = [
        { ...message, bot: 'pager' },
        { ...message, messageId: 8, subject: 'order:3' },
      ];
      await opened.database.transaction(async ({ sentMessages }) => {
        for (const one of [message, { ...message, subject: 'order:2' }, ...others]) await sentMessages.saveSent(one);
        await sentMessages.forgetMessage({ bot: 'admin', chatId: 42, messageId: 7 });
        expect(await sentMessages.listSent({ subject: 'order:1' })).toEqual([others[0]]);
        expect(await sentMessages.listSent({ subject: 'order:2' })).toEqual([]);
        expect(await sentMessages.listSent({ subject: 'order:3' })).toEqual([others[1]]);
      });
    });

    test('is listed by its last change, of all subjects', async () => {
      await using opened = await open();
      const stored = { bot: 'pager', chatId: 42, messageId: 7, shownVersion: 1, contentHash: 'one', sentAt: noon };
      const message = (subject: string, updatedAt: number): SentMessage => ({ ...stored, subject, updatedAt });
      const [old, newest, other] = [message('case:1', noon), message('order:2', noon + 2), message('case:3', noon + 1)];
      await opened.database.transaction(async ({ sentMessages }) => {
        expect(await sentMessages.listNewestSent({ limit: 2 })).toEqual([]);
        for (const one of [old, newest, other]) await sentMessages.saveSent(one);
        expect(await sentMessages.listNewestSent({ limit: 2 })).toEqual([newest, other]);
      });
    });
  });

  describe('a chat that moved', () => {
    test('is known by its first move, which is stored once', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ chatMoves }) => {
        expect(await chatMoves.findMove(-5)).toBeUndefined();
        const move = { chatId: -5, movedTo: -1_001_234_567_890, at: noon };
        expect(await chatMoves.recordMove(move)).toBe(true);
        expect(await chatMoves.recordMove({ ...move, movedTo: -7 })).toBe(false);
        expect(await chatMoves.findMove(-5)).toBe(-1_001_234_567_890);
        expect(await chatMoves.findMove(-1_001_234_567_890)).toBeUndefined();
      });
    });
  });
}
