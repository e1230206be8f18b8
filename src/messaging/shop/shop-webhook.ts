import { createHmac, createSecretKey } from 'node:crypto';
import { type Clock, type Milliseconds, minute, readRetryAfter, second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/process.ts';
import { networkWords } from '#kernel/text.ts';
import { type CreateHttpClient, HttpFailure } from '#network/http-client.ts';
import type { MessagingStores, OutboxMessage } from '../queues/messaging-store.ts';
import { topics } from '../queues/topics.ts';
import type { DeliveryResult, OutboxHandler } from '../workers/outbox-handler.ts';

export interface ShopWebhookTarget {
  url: string;
  /** `whsec_…`; during a rotation there are two, and every event is signed with each. */
  secrets: readonly string[];
}

/** Also of an idle connection, unless the shop says that it closes it sooner. */
const timeoutMs: Milliseconds = 15 * second;
/** As many messages to the shop are in hand at once. */
const connectionsMax = 4;
/** An answer of more bytes is not read to its end, which costs the connection. */
const answerMaxBytes = 64 * 1024;

/** An event that waits for the one ahead of it looks again after this at the earliest. */
const turnWaitMinMs: Milliseconds = second;

/** A shop that took nothing for so long was away. What it refuses while it takes other events is not tried more often for those. */
const awayAfterMs: Milliseconds = 10 * minute;
/** So many of the events that waited for it are tried at once when it is back; more come when they are due by themselves. */
const hastenedMax = 1_000;

interface ShopWebhookDeps {
  target: ShopWebhookTarget | null;
  clock: Clock;
  createHttpClient: CreateHttpClient;
  log: EventLog;
  database: Pick<Database<Pick<MessagingStores, 'outbox'>>, 'read' | 'transaction'>;
}

/**
 * Sends order events to the shop in the Standard Webhooks scheme. The id names the fact and not the attempt, so that the shop
 * recognises a repeat after a crash; any 2xx answer settles the message. What happened to one order is told in its order: an event
 * waits until those ahead of it are taken, or are given up on.
 */
export function createShopWebhookHandler(deps: ShopWebhookDeps): OutboxHandler {
  const { target, clock } = deps;
  const sign = createSigner(target?.secrets ?? []);
  const hasten = createHastening(deps);
  const httpClient = deps.createHttpClient({ connectionsMax, idleMs: timeoutMs });
  return {
    topic: 'shop.event',
    async deliver(message, signal): Promise<DeliveryResult> {
      if (target === null) return { kind: 'done', outcome: 'no shop webhook is configured' };
      const aheadDueAt = await findAhead(deps, message);
      if (aheadDueAt !== undefined) {
        const retryAfterMs = Math.max(aheadDueAt - clock.now(), turnWaitMinMs);
        return { kind: 'retry', error: 'the shop has not taken an earlier event yet', retryAfterMs, isUntried: true };
      }
      const { webhookId, type, timestamp, order } = message.payload;
      const id = String(webhookId);
      const body = JSON.stringify({ type, timestamp, data: order });
      const sentAt = String(Math.floor(clock.now() / second));
      const deadline = clock.deadline(timeoutMs);
      try {
        const answer = await httpClient.send({
          method: 'POST',
          url: target.url,
          body,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'tillkeeper',
            'webhook-id': id,
            'webhook-timestamp': sentAt,
            'webhook-signature': sign(`${id}.${sentAt}.${body}`),
          },
          signals: [signal, deadline],
          answerMaxBytes,
          // Only the status counts. The body is read to its end, unless it is long, so that the connection serves the next event.
          reads: 'status',
        });
        if (answer.status >= 200 && answer.status < 300) {
          await hasten();
          return { kind: 'done', outcome: `answered ${answer.status}` };
        }
        const retryAfterMs = readRetryAfter(answer.header('retry-after'), clock.now());
        return { kind: 'retry', error: `the shop answered ${answer.status}`, retryAfterMs };
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        return { kind: 'retry', error: wordsOf(deadline.aborted ? 'ETIMEDOUT' : error.code), retryAfterMs: null };
      }
    },
  };
}

/** Signs with each secret. The scheme's own library does it in JavaScript, which takes as long as all the rest of a call. */
function createSigner(secrets: readonly string[]): (content: string) => string {
  const keys = secrets.map((secret) => createSecretKey(secret.replace(/^whsec_/, ''), 'base64'));
  return (content) => keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
}

/**
 * To be called when the shop takes an event. What waits for its next attempt may wait up to an hour, though the shop is back: it is
 * made due. Never rejects.
 */
function createHastening({ clock, database, log }: ShopWebhookDeps): () => Promise<void> {
  let takenAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const wasAway = clock.elapsed() - takenAt >= awayAfterMs;
    takenAt = clock.elapsed();
    if (!wasAway) return;
    const at = clock.now();
    const waiting = { lane: topics['shop.event'].lane, lateBefore: at, at, limit: hastenedMax };
    try {
      await database.transaction((stores) => stores.outbox.makeOwedDue(waiting));
    } catch (error) {
      // The event was taken all the same; the next one hastens them.
      takenAt = Number.NEGATIVE_INFINITY;
      log.error('events for the shop not hastened', {}, error);
    }
  };
}

async function findAhead(
  { database }: ShopWebhookDeps,
  { id, subject, turn }: OutboxMessage,
): Promise<Milliseconds | undefined> {
  if (subject === null || turn === null) return undefined;
  return database.read((stores) => stores.outbox.findAhead({ id, subject, turn }));
}

/** Admins read it; the error's own message has addresses of the shop's network. */
function wordsOf(code: string): string {
  return `the shop cannot be told: ${networkWords(code)} (${code})`;
}
