import type { JsonObject } from '#kernel/json.ts';
import { postgresCore, sql } from '../drizzle.ts';
import { bytea, int8 } from './postgres-columns.ts';

const { index, jsonb, pgTable, primaryKey, text, uniqueIndex } = postgresCore();

const bookkeeping = {
  receivedAt: int8('received_at').notNull(),
  availableAt: int8('available_at').notNull(),
  lockedUntil: int8('locked_until'),
  lockedBy: text('locked_by'),
  processedAt: int8('processed_at'),
  abandonedAt: int8('abandoned_at'),
  lastError: text('last_error'),
  startedAttempts: int8('started_attempts').notNull().default(0),
  finishedAttempts: int8('finished_attempts').notNull().default(0),
  outcome: text('outcome'),
};

const isWaiting = sql.raw('processed_at is null and abandoned_at is null');
const isProcessed = sql.raw('processed_at is not null');
const isAbandoned = sql.raw('abandoned_at is not null');

export const inboxEvents = pgTable(
  'inbox_events',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    eventKey: text('event_key').notNull(),
    eventType: text('event_type').notNull(),
    reference: text('reference').notNull(),
    detail: text('detail'),
    trust: text('trust').notNull(),
    body: bytea('body').notNull(),
    /** What the signature covers beside the body; null for events that were stored before it was kept. */
    headers: jsonb('headers').$type<Record<string, string>>(),
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

export const outboxMessages = pgTable(
  'outbox_messages',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull().unique(),
    topic: text('topic').notNull(),
    lane: text('lane').notNull(),
    priority: int8('priority').notNull(),
    payload: jsonb('payload').notNull().$type<JsonObject>(),
    ...bookkeeping,
  },
  (table) => [
    index('outbox_messages_due').on(table.lane, table.priority, table.availableAt, table.id).where(isWaiting),
    index('outbox_messages_processed').on(table.processedAt).where(isProcessed),
    index('outbox_messages_abandoned').on(table.abandonedAt, table.id).where(isAbandoned),
  ],
);

export const quarantinedWebhooks = pgTable(
  'quarantined_webhooks',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    receivedAt: int8('received_at').notNull(),
    reason: text('reason').notNull(),
    bodyHash: text('body_hash').notNull(),
    bodyBytes: int8('body_bytes').notNull(),
    headers: jsonb('headers').$type<Record<string, string>>(),
    body: bytea('body'),
  },
  (table) => [index('quarantined_webhooks_by_source').on(table.source, table.receivedAt, table.id)],
);

export const sentMessages = pgTable(
  'sent_messages',
  {
    bot: text('bot').notNull(),
    chatId: int8('chat_id').notNull(),
    subject: text('subject').notNull(),
    messageId: int8('message_id').notNull(),
    shownVersion: int8('shown_version').notNull(),
    contentHash: text('content_hash').notNull(),
    sentAt: int8('sent_at').notNull(),
    updatedAt: int8('updated_at').notNull(),
  },
  (table) => [primaryKey({ name: 'sent_messages_key', columns: [table.subject, table.bot, table.chatId] })],
);
