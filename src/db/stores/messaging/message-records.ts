import type { ChatMoveStore, QuarantineStore, SentMessageStore } from '#messaging/queues/messaging-store.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared, prepareInsert, prepareReplace } from '../../query/prepared.ts';
import { limit, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, desc, eq, inArray, isNotNull, sql } from '../../schema/drizzle.ts';

export function createQuarantineStore(session: Session): QuarantineStore {
  const { db } = session;
  const { quarantinedWebhooks: webhooks } = session.tables;
  const byArrival = keyset(webhooks, 'receivedAt');
  const keptBytes = sql<number>`case when ${webhooks.body} is null then 0 else ${webhooks.bodyBytes} end`;
  const isFrom = eq(webhooks.source, sql.placeholder('source'));
  const insert = prepareInsert(session, { name: 'quarantine_webhook', table: webhooks });
  const findKept = prepared(session, 'find_kept_quarantined', () =>
    db
      .select({ id: webhooks.id })
      .from(webhooks)
      .where(and(isFrom, eq(webhooks.bodyHash, sql.placeholder('bodyHash')), isNotNull(webhooks.body)))
      .limit(1),
  );
  const listSizes = prepared(session, 'list_sizes_of_quarantined', () =>
    db
      .select({ id: webhooks.id, bytes: keptBytes })
      .from(webhooks)
      .where(isFrom)
      .orderBy(sql`${webhooks.body} is null`, ...byArrival.newestFirst),
  );
  const take = preparedByQuery(session, 'take_out_quarantined', ({ among }: ShapeOf<{ ids: readonly string[] }>) =>
    db
      .delete(webhooks)
      .where(inArray(webhooks.id, among('ids')))
      .returning({ id: webhooks.id }),
  );
  type Page = Parameters<QuarantineStore['listQuarantined']>[0];
  const list = rowsOf(session, webhooks).prepareList<Page>('list_quarantined', (shape) => ({
    where: and(
      shape.has('source') ? isFrom : undefined,
      shape.has('withBody') ? isNotNull(webhooks.body) : undefined,
      byArrival.before(shape, 'after'),
    ),
    order: byArrival.newestFirst,
    limit,
  }));
  return {
    async quarantine(webhook, bounds) {
      if ((await findKept(webhook)).length > 0) return;
      await insert(webhook);
      const gone = beyond(await listSizes(webhook), bounds);
      if (gone.length > 0) await take({ ids: gone });
    },
    listQuarantined: ({ withBody, ...query }) => list({ ...query, withBody: withBody || undefined }),
    takeOut: async (id) => (await take({ ids: [id] })).length === 1,
    countQuarantined: prepared(session, 'count_quarantined', () =>
      db
        .select({
          source: webhooks.source,
          count: rowCount,
          withBody: sql<number>`count(${webhooks.body})`,
        })
        .from(webhooks)
        .groupBy(webhooks.source)
        .orderBy(asc(webhooks.source)),
    ),
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
  const { prepare, prepareList } = rowsOf(session, sent);
  const find = prepare('find_sent_message', ['bot', 'chatId', 'subject']);
  const byChat = [asc(sent.bot), asc(sent.chatId)];
  const listAll = prepare('list_sent_messages', ['subject'], byChat);
  const listOfBot = prepare('list_sent_messages_of_bot', ['bot', 'subject'], byChat);
  const save = prepareReplace(session, { name: 'save_sent_message', table: sent, key: ['subject', 'bot', 'chatId'] });
  const forgetMessage = prepared(session, 'forget_sent_message', () =>
    db
      .delete(sent)
      .where(
        and(
          eq(sent.bot, sql.placeholder('bot')),
          eq(sent.chatId, sql.placeholder('chatId')),
          eq(sent.messageId, sql.placeholder('messageId')),
        ),
      )
      .returning({ subject: sent.subject }),
  );
  const isOfChat = eq(sent.chatId, sql.placeholder('chatId'));
  const forgetSent = prepared<unknown>(session, 'forget_sent_subject_of_chat', () =>
    db
      .delete(sent)
      .where(and(eq(sent.bot, sql.placeholder('bot')), isOfChat, eq(sent.subject, sql.placeholder('subject')))),
  );
  type Subjects = { subjects: readonly string[] };
  const forgetSubjects = preparedByQuery<Subjects, unknown>(session, 'forget_sent_subjects', ({ among }) =>
    db.delete(sent).where(inArray(sent.subject, among('subjects'))),
  );
  const forgetChat = prepared<unknown>(session, 'forget_sent_of_chat', () => db.delete(sent).where(isOfChat));
  return {
    findSent: async (query) => (await find(query))[0],
    listSent: ({ bot, subject }) => (bot === undefined ? listAll({ subject }) : listOfBot({ bot, subject })),
    listNewestSent: prepareList('list_newest_sent', () => ({
      where: undefined,
      order: [desc(sent.updatedAt)],
      limit,
    })),
    saveSent: (message) => save(message),
    async forgetSent(query) {
      await forgetSent(query);
    },
    async forgetMessage(query) {
      await forgetMessage(query);
    },
    async forgetSubjects(subjects) {
      if (subjects.length > 0) await forgetSubjects({ subjects });
    },
    async forgetChat(chatId) {
      await forgetChat({ chatId });
    },
  };
}

export function createChatMoveStore(session: Session): ChatMoveStore {
  const { chatMoves: moves } = session.tables;
  const find = rowsOf(session, moves).prepare('chat_moves_find', ['chatId']);
  const insert = prepareInsert(session, { name: 'chat_moves_record', table: moves, unless: [moves.chatId] });
  return {
    recordMove: (move) => insert(move),
    findMove: async (chatId) => (await find({ chatId }))[0]?.movedTo,
  };
}
