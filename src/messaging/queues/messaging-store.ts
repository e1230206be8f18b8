import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { TimedKey } from '#kernel/page.ts';

/**
 * The bookkeeping that inbox and outbox share. `startedAttempts` minus `finishedAttempts` is how often the process died
 * with the row in hand; a row is done when `processedAt` is set and a dead letter when `abandonedAt` is.
 */
export interface QueueBookkeeping {
  id: string;
  receivedAt: Milliseconds;
  availableAt: Milliseconds;
  lockedUntil: Milliseconds | null;
  lockedBy: string | null;
  processedAt: Milliseconds | null;
  abandonedAt: Milliseconds | null;
  /** Why it was given up on, or why the last attempt failed. */
  lastError: string | null;
  startedAttempts: number;
  finishedAttempts: number;
}

/** One authentic webhook event, stored before it is answered. */
export interface InboxEvent extends QueueBookkeeping {
  source: string;
  /** The provider's identity of the event; unique within the source. */
  eventKey: string;
  eventType: string;
  /** What it is about, as the source names it. */
  reference: string;
  /** An id below the reference that only this event tells; null for most sources. */
  detail: string | null;
  /** `signed` or `token`. */
  trust: string;
  /** The raw bytes as they came. */
  body: Uint8Array;
  /** Those headers that its signature needs to be verified once more; null for what was stored before they were kept. */
  headers: Record<string, string> | null;
  /** What became of it, in a word: `applied`, `unchanged`, `unknown_payment` … */
  outcome: string | null;
}

/** What is to be done outside, written in the transaction that decided it. */
export interface OutboxMessage extends QueueBookkeeping {
  /** Unique for ever: the same fact is never queued twice. */
  key: string;
  /** `alert.card`, `order.card`, `shop.event`, `payment.cancel`, `refund.send`. */
  topic: string;
  /** Lanes are worked apart, so that one that hangs holds up no other: `pager`, `chat`, `shop`, `provider`. */
  lane: string;
  /** 0 goes first. */
  priority: number;
  payload: JsonObject;
}

/** What a claim asks for. `suspectedPoison` asks for rows that the process died with before; they are claimed alone. */
export interface ClaimRequest {
  lane: string | null;
  now: Milliseconds;
  lockedUntil: Milliseconds;
  lockedBy: string;
  limit: number;
  suspectedPoison: boolean;
}

export type NewInboxEvent = Pick<
  InboxEvent,
  'id' | 'receivedAt' | 'source' | 'eventKey' | 'eventType' | 'reference' | 'detail' | 'trust' | 'body'
> &
  Partial<Pick<InboxEvent, 'headers'>>;
export type NewOutboxMessage = Pick<
  OutboxMessage,
  'id' | 'receivedAt' | 'availableAt' | 'key' | 'topic' | 'lane' | 'priority' | 'payload'
>;

/** Depth, age of the oldest row that is due, and dead letters; per lane for the outbox, per source for the inbox. */
export interface QueueDepth {
  lane: string;
  waiting: number;
  oldestAvailableAt: Milliseconds | null;
  abandoned: number;
}

/** The verbs that both queues share; the settling ones act only while `lockedBy` still holds the row, and say whether they did. */
export interface QueueStore<Row> {
  /** Claims due rows that nobody holds, by priority, then time, then id; raises `startedAttempts`. */
  claimDue(request: ClaimRequest): Promise<Row[]>;
  /** Whether a claim of suspected poison messages would find one. */
  hasSuspectedPoison(query: { lane: string | null; now: Milliseconds }): Promise<boolean>;
  markProcessed(input: { id: string; lockedBy: string; at: Milliseconds; outcome: string | null }): Promise<boolean>;
  /**
   * Puts it back for later. An attempt that was really made has ended, and clears the row of the deaths before it:
   * `finishedAttempts` becomes `startedAttempts`. One that was not made takes its start back.
   */
  release(input: {
    id: string;
    lockedBy: string;
    availableAt: Milliseconds;
    error: string | null;
    isFinishedAttempt: boolean;
  }): Promise<boolean>;
  abandon(input: { id: string; lockedBy: string; at: Milliseconds; reason: string }): Promise<boolean>;
  /**
   * Frees rows that another instance holds; only for an engine with one process. Rows that a process has died with
   * twice wait until `repeatedAt`. How many were freed.
   */
  unlockAll(input: { exceptBy: string; repeatedAt: Milliseconds }): Promise<number>;
  find(id: string): Promise<Row | undefined>;
  /** Newest first. */
  listAbandoned(query: { before: TimedKey | null; after?: TimedKey | null; limit: number }): Promise<Row[]>;
  /** A dead letter becomes due again with its counters at zero; false when it is none. */
  redrive(input: { id: string; at: Milliseconds }): Promise<boolean>;
  /** A dead letter is settled for good, as processed with the outcome `discarded`; false when it is none. */
  discard(input: { id: string; at: Milliseconds }): Promise<boolean>;
  depths(now: Milliseconds): Promise<QueueDepth[]>;
  /** Deletes rows processed before `before`, at most `limit`; how many. */
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}

export interface InboxStore extends QueueStore<InboxEvent> {
  /** False when the event is known already; nothing is stored then. */
  append(event: NewInboxEvent): Promise<boolean>;
  /** Of one source, those that came in [from, to), oldest first, after the given one's place; of one type if one is named. */
  listArrivals(query: {
    source: string;
    from: Milliseconds;
    to: Milliseconds;
    eventType: string | null;
    after: { receivedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<InboxEvent[]>;
  /** How many things the events of one source were about that came in [from, to), and when the last of all came. */
  countArrivals(query: {
    source: string;
    from: Milliseconds;
    to: Milliseconds;
  }): Promise<{ references: number; lastAt: Milliseconds | null }>;
}

export interface OutboxStore extends QueueStore<OutboxMessage> {
  /** False when the key is known already; nothing is stored then. */
  enqueue(message: NewOutboxMessage): Promise<boolean>;
}

/** What is kept of a webhook that was refused. */
export interface QuarantinedWebhook {
  id: string;
  source: string;
  receivedAt: Milliseconds;
  reason: string;
  bodyHash: string;
  bodyBytes: number;
  /** Null where it can never be verified, or is too large: the hash tells it from others all the same. */
  headers: Record<string, string> | null;
  body: Uint8Array | null;
}

export interface QuarantineStore {
  /**
   * Keeps at most `rowsMax` rows and `bytesMax` bytes of bodies per source; those without a body give way first, then
   * the oldest. A body that is kept already, because its sender came again, is not kept twice.
   */
  quarantine(webhook: QuarantinedWebhook, bounds: { rowsMax: number; bytesMax: number }): Promise<void>;
  /** Newest first; `withBody`: only those that can be verified once more. */
  listQuarantined(query: {
    source: string | null;
    withBody?: boolean;
    after?: { receivedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<QuarantinedWebhook[]>;
  /** False when it is gone already. */
  takeOut(id: string): Promise<boolean>;
  countQuarantined(): Promise<{ source: string; count: number; withBody: number }[]>;
}

/** Where in Telegram a card stands, so that a repeat becomes an edit. One row per bot, chat and subject. */
export interface SentMessage {
  /** `admin` or `pager`. */
  bot: string;
  chatId: number;
  /** `alert:<id>`, `order:<id>`. */
  subject: string;
  messageId: number;
  /** The version of the subject that the message shows. */
  shownVersion: number;
  /** Hash of text and keyboard, so that an edit that changes nothing is not sent. */
  contentHash: string;
  sentAt: Milliseconds;
  updatedAt: Milliseconds;
}

export interface SentMessageStore {
  findSent(query: { bot: string; chatId: number; subject: string }): Promise<SentMessage | undefined>;
  listSent(query: { bot: string; subject: string }): Promise<SentMessage[]>;
  /** Inserts or replaces the row of this bot, chat and subject. */
  saveSent(message: SentMessage): Promise<void>;
  forgetSent(query: { bot: string; chatId: number; subject: string }): Promise<void>;
  /** Forgets these subjects in every chat. */
  forgetSubjects(subjects: readonly string[]): Promise<void>;
}

export interface MessagingStores {
  inbox: InboxStore;
  outbox: OutboxStore;
  quarantine: QuarantineStore;
  sentMessages: SentMessageStore;
}
