import type { JsonObject } from '#kernel/json.ts';
import { sql } from './drizzle.ts';
import type { Kit } from './kit.ts';

const bookkeeping = ({ integer, text }: Kit) => ({
  receivedAt: integer('received_at').notNull(),
  availableAt: integer('available_at').notNull(),
  lockedUntil: integer('locked_until'),
  lockedBy: text('locked_by'),
  processedAt: integer('processed_at'),
  abandonedAt: integer('abandoned_at'),
  lastError: text('last_error'),
  startedAttempts: integer('started_attempts').notNull().default(0),
  finishedAttempts: integer('finished_attempts').notNull().default(0),
  outcome: text('outcome'),
});

const isWaiting = sql.raw('processed_at is null and abandoned_at is null');
const isWaitingInTurn = sql.raw('processed_at is null and abandoned_at is null and subject is not null');
const isProcessed = sql.raw('processed_at is not null');
const isAbandoned = sql.raw('abandoned_at is not null');
const isLeased = sql.raw('locked_by is not null');

export function buildInboxEvents(kit: Kit) {
  const { bytes, index, json, table, text, uniqueIndex } = kit;
  return table(
    'inbox_events',
    {
      id: text('id').primaryKey(),
      source: text('source').notNull(),
      eventKey: text('event_key').notNull(),
      eventType: text('event_type').notNull(),
      reference: text('reference').notNull(),
      detail: text('detail'),
      trust: text('trust').notNull(),
      body: bytes('body').notNull(),
      /** Headers that the signature covers beside the body; null for events that were stored before headers were. */
      headers: json('headers').$type<Record<string, string>>(),
      ...bookkeeping(kit),
    },
    (row) => [
      uniqueIndex('inbox_events_by_key').on(row.source, row.eventKey),
      index('inbox_events_by_arrival').on(row.source, row.receivedAt, row.id),
      index('inbox_events_due').on(row.availableAt, row.id).where(isWaiting),
      index('inbox_events_processed').on(row.processedAt).where(isProcessed),
      index('inbox_events_abandoned').on(row.abandonedAt, row.id).where(isAbandoned),
      index('inbox_events_leased').on(row.lockedBy).where(isLeased),
    ],
  );
}

export function buildOutboxMessages(kit: Kit) {
  const { index, integer, json, table, text } = kit;
  return table(
    'outbox_messages',
    {
      id: text('id').primaryKey(),
      key: text('key').notNull().unique(),
      topic: text('topic').notNull(),
      lane: text('lane').notNull(),
      priority: integer('priority').notNull(),
      payload: json('payload').notNull().$type<JsonObject>(),
      /** Messages of one subject are sent in turn; null for one that waits for no other. */
      subject: text('subject'),
      turn: integer('turn'),
      ...bookkeeping(kit),
    },
    (row) => [
      index('outbox_messages_in_turn').on(row.subject, row.turn, row.id).where(isWaitingInTurn),
      index('outbox_messages_due').on(row.lane, row.priority, row.availableAt, row.id).where(isWaiting),
      index('outbox_messages_processed').on(row.processedAt).where(isProcessed),
      index('outbox_messages_abandoned').on(row.abandonedAt, row.id).where(isAbandoned),
      index('outbox_messages_leased').on(row.lockedBy).where(isLeased),
    ],
  );
}

export function buildQuarantinedWebhooks({ bytes, index, integer, json, table, text }: Kit) {
  return table(
    'quarantined_webhooks',
    {
      id: text('id').primaryKey(),
      source: text('source').notNull(),
      receivedAt: integer('received_at').notNull(),
      reason: text('reason').notNull(),
      bodyHash: text('body_hash').notNull(),
      bodyBytes: integer('body_bytes').notNull(),
      headers: json('headers').$type<Record<string, string>>(),
      body: bytes('body'),
    },
    (row) => [index('quarantined_webhooks_by_source').on(row.source, row.receivedAt, row.id)],
  );
}

export function buildChatMoves({ integer, table }: Kit) {
  return table('chat_moves', {
    chatId: integer('chat_id').primaryKey(),
    movedTo: integer('moved_to').notNull(),
    at: integer('at').notNull(),
  });
}

export function buildSentMessages({ index, integer, primaryKey, table, text }: Kit) {
  return table(
    'sent_messages',
    {
      bot: text('bot').notNull(),
      chatId: integer('chat_id').notNull(),
      subject: text('subject').notNull(),
      messageId: integer('message_id').notNull(),
      shownVersion: integer('shown_version').notNull(),
      contentHash: text('content_hash').notNull(),
      sentAt: integer('sent_at').notNull(),
      updatedAt: integer('updated_at').notNull(),
    },
    (row) => [
      primaryKey({ name: 'sent_messages_key', columns: [row.subject, row.bot, row.chatId] }),
      index('sent_messages_by_message').on(row.chatId, row.messageId),
      index('sent_messages_by_update').on(row.updatedAt),
    ],
  );
}
