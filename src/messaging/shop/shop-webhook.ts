import type { Readable } from 'node:stream';
import axios from 'axios';
import { Webhook } from 'standardwebhooks';
import { type Clock, hour, type Milliseconds, second } from '#kernel/clock.ts';
import type { DeliveryResult, OutboxHandler } from '../workers/outbox-handler.ts';

export interface ShopWebhookTarget {
  url: string;
  /** `whsec_…`; during a rotation there are two, and every event is signed with each. */
  secrets: readonly string[];
}

const timeoutMs: Milliseconds = 15 * second;
const retryAfterMaxMs: Milliseconds = hour;

/**
 * Sends order events to the shop in the Standard Webhooks scheme. The id names the fact and not the attempt, so that the shop
 * recognises a repeat after a crash; any 2xx answer settles the message.
 */
export function createShopWebhookHandler(deps: { target: ShopWebhookTarget | null; clock: Clock }): OutboxHandler {
  const { target, clock } = deps;
  const signers = target?.secrets.map((secret) => new Webhook(secret)) ?? [];
  return {
    topic: 'shop.event',
    async deliver(message, signal): Promise<DeliveryResult> {
      if (target === null) return { kind: 'done', outcome: 'no shop webhook is configured' };
      const { webhookId, type, timestamp, order } = message.payload;
      const id = String(webhookId);
      const body = JSON.stringify({ type, timestamp, data: order });
      const sentAt = new Date(clock.now());
      const answer = await axios.post<Readable>(target.url, body, {
        headers: {
          'content-type': 'application/json',
          'user-agent': 'tillkeeper',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / second)),
          'webhook-signature': signers.map((signer) => signer.sign(id, sentAt, body)).join(' '),
        },
        signal,
        timeout: timeoutMs,
        maxRedirects: 0,
        proxy: false,
        responseType: 'stream',
        transformRequest: (data) => data,
        validateStatus: () => true,
      });
      // Only the status counts; the body is not read.
      answer.data.destroy();
      if (answer.status >= 200 && answer.status < 300) return { kind: 'done', outcome: `answered ${answer.status}` };
      const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
      return { kind: 'retry', error: `the shop answered ${answer.status}`, retryAfterMs, pausesLane: false };
    },
  };
}

/** `Retry-After` in seconds, bounded; a date, or no header, leaves the wait to the worker's backoff. */
function readRetryAfter(header: unknown): Milliseconds | null {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(Number(header) * second, retryAfterMaxMs);
}
