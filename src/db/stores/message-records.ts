import type { QuarantineStore, SentMessageStore } from '#messaging/messaging-store.ts';
import type { Session } from '../dialect.ts';
import { and, asc, desc, eq, inArray, notInArray, sql } from '../drizzle.ts';

export function createQuarantineStore(session: Session): QuarantineStore {
  const { db } = session;
  const { quarantinedWebhooks: webhooks } = session.tables;
  return {
    async quarantine(webhook, keepMax) {
      await db.insert(webhooks).values(webhook);
      const kept = db
        .select({ id: webhooks.id })
        .from(webhooks)
        .where(eq(webhooks.source, webhook.source))
        .orderBy(desc(webhooks.receivedAt), desc(webhooks.id))
        .limit(keepMax);
      await db.delete(webhooks).where(and(eq(webhooks.source, webhook.source), notInArray(webhooks.id, kept)));
    },
    listQuarantined: async (query) =>
      db
        .select()
        .from(webhooks)
        .where(query.source === null ? undefined : eq(webhooks.source, query.source))
        .orderBy(desc(webhooks.receivedAt), desc(webhooks.id))
        .limit(query.limit),
  };
}

export function createSentMessageStore(session: Session): SentMessageStore {
  const { db } = session;
  const { sentMessages: sent } = session.tables;
  return {
    async findSent(query) {
      const isIt = and(eq(sent.bot, query.bot), eq(sent.chatId, query.chatId), eq(sent.subject, query.subject));
      return (await db.select().from(sent).where(isIt))[0];
    },
    listSent: async (query) =>
      db
        .select()
        .from(sent)
        .where(and(eq(sent.bot, query.bot), eq(sent.subject, query.subject)))
        .orderBy(asc(sent.chatId)),
    async saveSent(message) {
      await db
        .insert(sent)
        .values(message)
        .onConflictDoUpdate({
          target: [sent.subject, sent.bot, sent.chatId],
          set: {
            messageId: sql`excluded.message_id`,
            shownVersion: sql`excluded.shown_version`,
            contentHash: sql`excluded.content_hash`,
            sentAt: sql`excluded.sent_at`,
            updatedAt: sql`excluded.updated_at`,
          },
        });
    },
    async forgetSent(query) {
      await db
        .delete(sent)
        .where(and(eq(sent.bot, query.bot), eq(sent.chatId, query.chatId), eq(sent.subject, query.subject)));
    },
    async forgetSubjects(subjects) {
      if (subjects.length > 0) await db.delete(sent).where(inArray(sent.subject, [...subjects]));
    },
  };
}
