import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { QueueBookkeeping, QueueStore } from './queue-store.ts';

/** One authentic webhook event, stored before it is answered. */
export interface InboxEvent extends QueueBookkeeping {
  source: string;
  /** The provider's identity of the event; unique within the source. */
  eventKey: string;
  eventType: string;
  /** The source's id of the payment, refund or order that the event is about. */
  reference: string;
  /** An id below the reference that only this event contains; null for most sources. */
  detail: string | null;
  /** `signed` or `token`. */
  trust: string;
  /** The raw bytes as received. */
  body: Uint8Array;
  /** The headers that are needed to verify its signature again; null for events stored before headers were. */
  headers: Record<string, string> | null;
  /** The result of processing it: `applied`, `unchanged`, `unknown_payment` … */
  outcome: string | null;
}

/** A call to the outside that a transaction decided, written in the same transaction. */
export interface OutboxMessage extends QueueBookkeeping {
  /** Unique among all messages ever queued: the same fact is never queued twice. */
  key: string;
  /** `alert.card`, `order.card`, `shop.event`, `payment.cancel`, `refund.send`. */
  topic: string;
  /** Each lane has a worker of its own, so that a hanging one delays no other: `pager`, `chat`, `shop`, `provider`. */
  lane: string;
  /** 0 goes first. */
  priority: number;
  /** Once it is processed, without `order`: the order as the shop was told of it is most of the message, and nobody reads it again. */
  payload: JsonObject;
  /** Messages of one subject are sent by `turn`, then id: none before all those ahead of it are settled. Null: at any time. */
  subject: string | null;
  turn: number | null;
}

/** Messages that have not reached those whom they are for. */
export interface OwedMessages {
  count: number;
  /** When the oldest was queued; null when there is none. */
  since: Milliseconds | null;
  /** Why the oldest could not be delivered. */
  reason: string | null;
}

export type NewInboxEvent = Pick<
  InboxEvent,
  'id' | 'receivedAt' | 'source' | 'eventKey' | 'eventType' | 'reference' | 'detail' | 'trust' | 'body'
> &
  Partial<Pick<InboxEvent, 'headers'>>;
export type NewOutboxMessage = Pick<
  OutboxMessage,
  'id' | 'receivedAt' | 'availableAt' | 'key' | 'topic' | 'lane' | 'priority' | 'payload'
> &
  Partial<Pick<OutboxMessage, 'subject' | 'turn'>>;

export interface InboxStore extends QueueStore<InboxEvent> {
  /** False, and nothing is stored, when the event is known already. */
  append(event: NewInboxEvent): Promise<boolean>;
  /** Events of one source, and of one type if it is named, received in [from, to), oldest first, after the given place. */
  listArrivals(query: {
    source: string;
    from: Milliseconds;
    to: Milliseconds;
    eventType: string | null;
    after: { receivedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<InboxEvent[]>;
  /** How many different references the events of one source in [from, to) have. */
  countArrivals(query: { source: string; from: Milliseconds; to: Milliseconds }): Promise<number>;
  /** When the last event of each source was received; a source without any is left out. */
  listLastArrivals(sources: readonly string[]): Promise<Map<string, Milliseconds>>;
}

/** An order that the shop has not heard all of. */
export interface UntoldOrder {
  orderId: string;
  /** `T-1042`. */
  number: string;
  /** When the oldest message about it was queued. */
  since: Milliseconds;
  /** Why an attempt failed; null before the first has. */
  reason: string | null;
  /** A message about it is a dead letter, which nobody sends again by itself. */
  isGivenUp: boolean;
}

/** How many orders, and since when the longest untold is. */
export interface UntoldCount {
  orders: number;
  since: Milliseconds | null;
}

export interface OutboxStore extends QueueStore<OutboxMessage> {
  /** False, and nothing is stored, when the key is known already. */
  enqueue(message: NewOutboxMessage): Promise<boolean>;
  /** When the first message ahead of this one, which is not settled, is due; undefined when it is this one's turn. */
  findAhead(message: { subject: string; turn: number; id: string }): Promise<Milliseconds | undefined>;
  /**
   * Orders with events that were queued for the shop by `before` and not taken by it, dead letters included; of one order if
   * it is named. The longest untold first.
   */
  listUntoldOrders(query: { orderId?: string; before: Milliseconds; limit: number }): Promise<UntoldOrder[]>;
  /** The same orders, counted. */
  countUntoldOrders(query: { before: Milliseconds }): Promise<UntoldCount>;
  /** Messages that were put back as owed, and those that were queued before `lateBefore` and failed. */
  readOwed(query: { lane: string; lateBefore: Milliseconds }): Promise<OwedMessages>;
  /** Makes them due at once, the oldest first and at most `limit`; how many were not. */
  makeOwedDue(input: { lane: string; lateBefore: Milliseconds; at: Milliseconds; limit: number }): Promise<number>;
}

/** A webhook that was refused, as it is kept for a later check. */
export interface QuarantinedWebhook {
  id: string;
  source: string;
  receivedAt: Milliseconds;
  reason: string;
  bodyHash: string;
  bodyBytes: number;
  /** Null where it can never be verified, or is too large; the hash still tells it from others. */
  headers: Record<string, string> | null;
  body: Uint8Array | null;
}

export interface QuarantineStore {
  /**
   * Keeps at most `rowsMax` rows and `bytesMax` bytes of bodies per source; rows without a body are deleted first, then the
   * oldest. A body that is kept already, because its sender repeated it, is not kept twice.
   */
  quarantine(webhook: QuarantinedWebhook, bounds: { rowsMax: number; bytesMax: number }): Promise<void>;
  /** Newest first; `withBody`: only those that can be verified again. */
  listQuarantined(query: {
    source: string | null;
    withBody?: boolean;
    after?: { receivedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<QuarantinedWebhook[]>;
  /** Deletes it; false when it was deleted already. */
  takeOut(id: string): Promise<boolean>;
  countQuarantined(): Promise<{ source: string; count: number; withBody: number }[]>;
}

/** The Telegram message that shows a subject, so that a later version edits it. One row per bot, chat and subject. */
export interface SentMessage {
  /** `admin` or `pager`. */
  bot: string;
  chatId: number;
  /** `alert:<id>`, `order:<id>`. */
  subject: string;
  messageId: number;
  /** The version of the subject that the message shows. */
  shownVersion: number;
  /** Hash of text and keyboard, so that an edit that changes nothing is not sent; in front of its last colon, a word about what is shown. */
  contentHash: string;
  sentAt: Milliseconds;
  updatedAt: Milliseconds;
}

export interface SentMessageStore {
  findSent(query: { bot: string; chatId: number; subject: string }): Promise<SentMessage | undefined>;
  /** Of one bot, or of both. */
  listSent(query: { bot?: string; subject: string }): Promise<SentMessage[]>;
  /** Of all subjects, those that changed last first. Sorts all of them. */
  listNewestSent(query: { limit: number }): Promise<SentMessage[]>;
  /** Inserts or replaces the row of this bot, chat and subject. */
  saveSent(message: SentMessage): Promise<void>;
  forgetSent(query: { bot: string; chatId: number; subject: string }): Promise<void>;
  /** Deletes the rows of this message, whatever it showed. */
  forgetMessage(query: { bot: string; chatId: number; messageId: number }): Promise<void>;
  /** Deletes the rows of these subjects in every chat. */
  forgetSubjects(subjects: readonly string[]): Promise<void>;
  forgetChat(chatId: number): Promise<void>;
}

/** Groups that became supergroups; a supergroup does not move again. */
export interface ChatMoveStore {
  /** False, and nothing is stored, when a move of this chat is known already. */
  recordMove(move: { chatId: number; movedTo: number; at: Milliseconds }): Promise<boolean>;
  /** Where the chat went; undefined when it did not. */
  findMove(chatId: number): Promise<number | undefined>;
}

export interface MessagingStores {
  inbox: InboxStore;
  outbox: OutboxStore;
  quarantine: QuarantineStore;
  sentMessages: SentMessageStore;
  chatMoves: ChatMoveStore;
}
