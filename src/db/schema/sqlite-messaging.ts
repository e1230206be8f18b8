import type { JsonObject } from '#kernel/json.ts';
import { sql, sqliteCore } from '../drizzle.ts';

const { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } = sqliteCore();

const bookkeeping = {
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
};

const isWaiting = sql.raw('processed_at is null and abandoned_at is null');
const isProcessed = sql.raw('processed_at is not null');
const isAbandoned = sql.raw('abandoned_at is not null');

export const inboxEvents = sqliteTable(
  'inbox_events',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    eventKey: text('event_key').notNull(),
    eventType: text('event_type').notNull(),
    reference: text('reference').notNull(),
    detail: text('detail'),
    trust: text('trust').notNull(),
    body: blob('body', { mode: 'buffer' }).notNull().$type<Uint8Array>(),
    /** What the signature covers beside the body; null for events that were stored before it was kept. */
    headers: text('headers', { mode: 'json' }).$type<Record<string, string>>(),
    ...bookkeeping,
  },
  (table) => [
    uniqueIndex('inbox_events_by_key').on(table.source, table.eventKey),
    index('inbox_events_by_arrival').on(table.source, table.receivedAt, table.id),
    index('inbox_events_due').on(table.availableAt, table.id).where(isWaiting),
    index('inbox_events_processed').on(table.processedAt).where(isProcessed),
    index('inbox_events_abandoned').on(table.abandonedAt, table.id).where(isAbandoned),
  ],
);

export const outboxMessages = sqliteTable(
  'outbox_messages',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull().unique(),
    topic: text('topic').notNull(),
    lane: text('lane').notNull(),
    priority: integer('priority').notNull(),
    payload: text('payload', { mode: 'json' }).notNull().$type<JsonObject>(),
    ...bookkeeping,
  },
  (table) => [
    index('outbox_messages_due').on(table.lane, table.priority, table.availableAt, table.id).where(isWaiting),
    index('outbox_messages_processed').on(table.processedAt).where(isProcessed),
    index('outbox_messages_abandoned').on(table.abandonedAt, table.id).where(isAbandoned),
  ],
);

export const quarantinedWebhooks = sqliteTable(
  'quarantined_webhooks',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    receivedAt: integer('received_at').notNull(),
    reason: text('reason').notNull(),
    bodyHash: text('body_hash').notNull(),
    bodyBytes: integer('body_bytes').notNull(),
    headers: text('headers', { mode: 'json' }).$type<Record<string, string>>(),
    body: blob('body', { mode: 'buffer' }).$type<Uint8Array>(),
  },
  (table) => [index('quarantined_webhooks_by_source').on(table.source, table.receivedAt, table.id)],
);

export const sentMessages = sqliteTable(
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
  (table) => [primaryKey({ name: 'sent_messages_key', columns: [table.subject, table.bot, table.chatId] })],
);
