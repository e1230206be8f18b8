import { findLie, type ReceivedWebhook } from './standard-webhooks.ts';

// The order events that the shop has received. An event that comes twice has the same id, and is kept once.

export interface Announcement {
  readonly id: string;
  readonly type: string;
  readonly number: string;
  readonly amount: string;
  readonly currency: string;
  readonly orderStatus: string;
  readonly atMs: number;
  /** How often it came. */
  times: number;
}

export interface ReceivedEvents {
  /** Null when it was accepted, else the reason. */
  take(webhook: ReceivedWebhook): string | null;
  /** Newest first. */
  announcements(): readonly Announcement[];
}

const keptMax = 200;

export function createReceivedEvents(deps: { secret: string; now: () => number }): ReceivedEvents {
  const kept = new Map<string, Announcement>();
  return {
    take(webhook) {
      const nowMs = deps.now();
      const lie = findLie(webhook, { secret: deps.secret, nowMs });
      if (lie !== null) return lie;
      const id = webhook.id ?? '';
      const known = kept.get(id);
      if (known !== undefined) {
        known.times += 1;
        return null;
      }
      const { type, data } = JSON.parse(webhook.body) as { type: string; data: Record<string, unknown> };
      const text = (name: string): string => String(data[name] ?? '');
      kept.set(id, {
        id,
        type,
        number: text('number'),
        amount: text('amount'),
        currency: text('currency'),
        orderStatus: text('status'),
        atMs: nowMs,
        times: 1,
      });
      const oldest = kept.keys().next();
      if (kept.size > keptMax && !oldest.done) kept.delete(oldest.value);
      return null;
    },
    announcements: () => [...kept.values()].reverse(),
  };
}
