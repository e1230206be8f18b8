import { describe, expect, test } from 'vitest';
import type { SentMessage } from '#messaging/messaging-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

export function describeMessageRecords(open: OpenContractDatabase): void {
  describe('the quarantine', () => {
    test('keeps the newest of each source and no more', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ quarantine }) => {
        const refused = (id: string, source: string, receivedAt: number) =>
          quarantine.quarantine({ id, source, receivedAt, reason: 'bad signature', bodyHash: 'h', bodyBytes: 9 }, 2);
        await refused('a', 'btcpay', noon);
        await refused('b', 'bitpay', noon);
        await refused('c', 'btcpay', noon + 1);
        await refused('d', 'btcpay', noon + 2);
        const all = await quarantine.listQuarantined({ source: null, limit: 9 });
        expect(all.map((webhook) => webhook.id)).toEqual(['d', 'c', 'b']);
        const one = await quarantine.listQuarantined({ source: 'btcpay', limit: 1 });
        const facts = { reason: 'bad signature', bodyHash: 'h', bodyBytes: 9 };
        expect(one).toEqual([{ id: 'd', source: 'btcpay', receivedAt: noon + 2, ...facts }]);
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
  });
}
