import type { QuarantineStore, SentMessageStore } from '#messaging/messaging-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, inArray, isNotNull, sql } from '../../schema/drizzle.ts';

export function createQuarantineStore(session: Session): QuarantineStore {
  const { db } = session;
  const { quarantinedWebhooks: webhooks } = session.tables;
  const keptBytes = sql<number>`case when ${webhooks.body} is null then 0 else ${webhooks.bodyBytes} end`;
  return {
    async quarantine(webhook, bounds) {
      const isSame = and(eq(webhooks.source, webhook.source), eq(webhooks.bodyHash, webhook.bodyHash));
      const known = await db
        .select({ id: webhooks.id })
        .from(webhooks)
        .where(and(isSame, isNotNull(webhooks.body)))
        .limit(1);
      if (known.length > 0) return;
      await db.insert(webhooks).values(webhook);
      const rows = await db
        .select({ id: webhooks.id, bytes: keptBytes })
        .from(webhooks)
        .where(eq(webhooks.source, webhook.source))
        .orderBy(sql`${webhooks.body} is null`, desc(webhooks.receivedAt), desc(webhooks.id));
      const gone = beyond(rows, bounds);
      if (gone.length > 0) await db.delete(webhooks).where(inArray(webhooks.id, gone));
    },
    async listQuarantined(query) {
      const { source, after = null } = query;
      const isAfter =
        after === null ? undefined : sql`(${webhooks.receivedAt}, ${webhooks.id}) < (${after.receivedAt}, ${after.id})`;
      return db
        .select()
        .from(webhooks)
        .where(
          and(
            source === null ? undefined : eq(webhooks.source, source),
            query.withBody === true ? isNotNull(webhooks.body) : undefined,
            isAfter,
          ),
        )
        .orderBy(desc(webhooks.receivedAt), desc(webhooks.id))
        .limit(query.limit);
    },
    async takeOut(id) {
      const gone = await db.delete(webhooks).where(eq(webhooks.id, id)).returning({ id: webhooks.id });
      return gone.length === 1;
    },
    countQuarantined: async () =>
      db
        .select({
          source: webhooks.source,
          count: sql<number>`cast(count(*) as bigint)`,
          withBody: sql<number>`cast(count(${webhooks.body}) as bigint)`,
        })
        .from(webhooks)
        .groupBy(webhooks.source)
        .orderBy(asc(webhooks.source)),
  };
}

/** The rows, best first, that no longer have a place: too many, or their bodies too large together. */
function beyond(rows: readonly { id: string; bytes: number }[], bounds: { rowsMax: number; bytesMax: number }) {
  let bytes = 0;
  return rows.flatMap((row, index) => {
    bytes += row.bytes;
    return index < bounds.rowsMax && bytes <= bounds.bytesMax ? [] : [row.id];
  });
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
