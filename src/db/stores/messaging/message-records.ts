import type {
  ChatMoveStore,
  QuarantineStore,
  SentMessage,
  SentMessageStore,
} from '#messaging/queues/messaging-store.ts';
import { keyset } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { replacing, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, inArray, isNotNull, sql } from '../../schema/drizzle.ts';

export function createQuarantineStore(session: Session): QuarantineStore {
  const { db } = session;
  const { quarantinedWebhooks: webhooks } = session.tables;
  const byArrival = keyset(webhooks, 'receivedAt');
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
        .orderBy(sql`${webhooks.body} is null`, ...byArrival.newestFirst);
      await db.delete(webhooks).where(inArray(webhooks.id, beyond(rows, bounds)));
    },
    listQuarantined: ({ source, withBody, after = null, limit }) =>
      rowsOf(db, webhooks).list(
        and(
          source === null ? undefined : eq(webhooks.source, source),
          withBody === true ? isNotNull(webhooks.body) : undefined,
          byArrival.before(after),
        ),
        { order: byArrival.newestFirst, limit },
      ),
    async takeOut(id) {
      const deleted = await db.delete(webhooks).where(eq(webhooks.id, id)).returning({ id: webhooks.id });
      return deleted.length === 1;
    },
    countQuarantined: async () =>
      db
        .select({
          source: webhooks.source,
          count: rowCount,
          withBody: sql<number>`count(${webhooks.body})`,
        })
        .from(webhooks)
        .groupBy(webhooks.source)
        .orderBy(asc(webhooks.source)),
  };
}

/** The rows, the ones to keep first, that exceed a bound: too many rows, or too many bytes of bodies. */
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
  const { find, list } = rowsOf(db, sent);
  const isOf = (one: Pick<SentMessage, 'bot' | 'chatId' | 'subject'>) =>
    and(eq(sent.bot, one.bot), eq(sent.chatId, one.chatId), eq(sent.subject, one.subject));
  return {
    findSent: (query) => find(isOf(query)),
    listSent: ({ bot, subject }) =>
      list(and(bot === undefined ? undefined : eq(sent.bot, bot), eq(sent.subject, subject)), {
        order: [asc(sent.bot), asc(sent.chatId)],
      }),
    async saveSent(message) {
      await db
        .insert(sent)
        .values(message)
        .onConflictDoUpdate(replacing(sent, ['subject', 'bot', 'chatId']));
    },
    async forgetSent(query) {
      await db.delete(sent).where(isOf(query));
    },
    async forgetSubjects(subjects) {
      if (subjects.length > 0) await db.delete(sent).where(inArray(sent.subject, [...subjects]));
    },
    async forgetChat(chatId) {
      await db.delete(sent).where(eq(sent.chatId, chatId));
    },
  };
}

export function createChatMoveStore(session: Session): ChatMoveStore {
  const { db } = session;
  const { chatMoves: moves } = session.tables;
  const find = rowsOf(db, moves).prepare('chat_moves_find', ['chatId']);
  const insert = prepareInsert(db, { name: 'chat_moves_record', table: moves, unless: [moves.chatId] });
  return {
    recordMove: (move) => insert(move),
    findMove: async (chatId) => (await find({ chatId }))[0]?.movedTo,
  };
}
