// The events of a replay, verified again by this version and the present secrets, and grouped by payment: five events
// about one payment need one fetch.
import type { Database } from '#kernel/database.ts';
import { walkPages } from '#kernel/page.ts';
import { isProviderName } from '#kernel/provider-name.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { ReplayRange } from './replay.ts';

/** No replay takes more events than this; the rest needs a second replay. */
export const replayedMax = 1_000;
const pageSize = 100;

export interface Collected {
  /**
   * The newest event of each payment, in the order of their arrival. Of a channel every event: there an event is the
   * evidence, and a later one does not repeat its content.
   */
  events: InboxEvent[];
  /** The number of payments, and of channel events. */
  subjects: number;
  found: number;
  /** Events that this version or the present secrets do not accept; they are left out. */
  refused: number;
  /** There were more than are taken. */
  isCut: boolean;
}

export async function collectEvents(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  range: ReplayRange,
): Promise<Collected> {
  const byKey = new Map<string, InboxEvent>();
  const subjects = new Set<string>();
  const counts = { found: 0, refused: 0 };
  const take = (event: InboxEvent): void => {
    counts.found += 1;
    if (!isAccepted(deps, event)) {
      counts.refused += 1;
      return;
    }
    const subject = `${event.source}:${event.reference}:${event.detail ?? ''}`;
    subjects.add(subject);
    byKey.set(event.trust === 'token' ? `${subject}:${event.eventKey}` : subject, event);
  };
  const collected = (isCut: boolean): Collected => ({
    ...counts,
    events: [...byKey.values()],
    subjects: subjects.size,
    isCut,
  });
  for await (const page of pagesOf(deps, range)) {
    for (const event of page) {
      if (counts.found >= replayedMax) return collected(true);
      take(event);
    }
  }
  return collected(false);
}

async function* pagesOf(
  deps: { database: Database<PaymentStores> },
  range: ReplayRange,
): AsyncGenerator<readonly InboxEvent[]> {
  if (range.kind === 'event') {
    const event = await deps.database.read((stores) => stores.inbox.find(range.eventId));
    if (event !== undefined) yield [event];
    return;
  }
  const query = { source: range.provider, from: range.from, to: range.to, eventType: range.eventType };
  yield* walkPages({ limit: pageSize }, (last: InboxEvent | undefined) => {
    const after = last === undefined ? null : { receivedAt: last.receivedAt, id: last.id };
    return deps.database.read((stores) => stores.inbox.listArrivals({ ...query, after, limit: pageSize }));
  });
}

/**
 * An event that was stored before headers were kept cannot be verified again. It was verified on arrival, and is only a
 * hint: the provider is called all the same.
 */
function isAccepted(deps: { providers: ProviderRegistry }, event: InboxEvent): boolean {
  const provider = isProviderName(event.source) ? deps.providers.find(event.source) : undefined;
  if (provider === undefined) return false;
  if (event.headers === null) return provider.capabilities.canFetch;
  const { headers, body } = event;
  const verdict = provider.verifyWebhook({ headers, body, wasAtItsAddress: true }, event.receivedAt);
  // An event recovered from the quarantine was stored long after it was sent; its age was checked on arrival.
  const isOnlyOld = verdict.kind === 'refused' && verdict.reason === 'too_old' && event.trust === 'token';
  return verdict.kind === 'event' || isOnlyOld;
}
