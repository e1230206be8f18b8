import { day } from '#kernel/clock.ts';
import type { Retention } from '#kernel/retention.ts';
import type { MessagingStores } from './messaging-store.ts';

export const inboxRetention: Retention<MessagingStores> = {
  name: 'inbox',
  // The identity of an event must outlive every provider's last retry (eight days).
  keptMs: 90 * day,
  prune: (stores, query) => stores.inbox.prune(query),
};

export const outboxRetention: Retention<MessagingStores> = {
  name: 'outbox',
  keptMs: 30 * day,
  prune: (stores, query) => stores.outbox.prune(query),
};
