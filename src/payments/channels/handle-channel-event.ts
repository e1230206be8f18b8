import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { ChannelOrder, ChannelRefund, SalesChannel, Subscription } from '../ports/sales-channel.ts';
import { askChannel, type Unanswered } from './ask-channel.ts';
import { type ChannelOrderRecorded, recordChannelOrder } from './record-channel-order.ts';
import { type ChannelOrderRefunded, refundChannelOrder } from './return-channel-order.ts';
import { noteSubscription } from './subscriptions.ts';

export interface ChannelEventInput {
  provider: ProviderName;
  sales: Pick<SalesChannel, 'readEvent' | 'verifyLicense' | 'listCoupons'>;
  event: InboxEvent;
  /** Somebody waits for the result: the event is not put back, however many are before it. */
  isAwaited?: true;
  signal: AbortSignal;
}

/** The result of an event of a channel. */
export type ChannelEventTaken =
  | { kind: 'unreadable' }
  /** The channel did not answer whether a license key or a coupon is valid, and is asked again. */
  | Unanswered
  | { kind: 'order'; channelOrder: ChannelOrder; recorded: ChannelOrderRecorded }
  | { kind: 'refund'; returned: ChannelRefund; refunded: ChannelOrderRefunded }
  | { kind: 'subscription'; subscription: Subscription; isNews: boolean };

/** Handles an event of a channel: the stored bytes are the evidence. */
export async function handleChannelEvent(deps: SnapshotDeps, input: ChannelEventInput): Promise<DeliveryResult> {
  const taken = await takeChannelEvent(deps, input);
  switch (taken.kind) {
    case 'unreadable':
      // The bytes are kept with the dead letter, so that a later version can read them.
      return { kind: 'give_up', reason: 'the event cannot be read' };
    case 'unanswered':
      return putBack(taken);
    case 'order':
      if (taken.recorded.kind === 'known') return { kind: 'done', outcome: 'known' };
      return { kind: 'done', outcome: taken.recorded.heldBecause.length > 0 ? 'held' : 'paid' };
    case 'refund':
      return { kind: 'done', outcome: taken.refunded.kind.replaceAll('_', ' ') };
    case 'subscription':
      return { kind: 'done', outcome: 'noted' };
    default:
      return taken satisfies never;
  }
}

/** An event that had no turn was not tried. */
function putBack({ error, retryAfterMs }: Unanswered): DeliveryResult {
  const put = { kind: 'retry', error, retryAfterMs } as const;
  return retryAfterMs === null ? put : { ...put, isUntried: true };
}

export async function takeChannelEvent(deps: SnapshotDeps, input: ChannelEventInput): Promise<ChannelEventTaken> {
  const { provider, event } = input;
  const read = input.sales.readEvent(event.body);
  if (read === undefined) return { kind: 'unreadable' };
  const cause: Cause = { kind: 'webhook', id: event.id, actor: { kind: 'provider', id: provider } };
  switch (read.kind) {
    case 'sold':
      return takeOrder(deps, { ...input, channelOrder: read.channelOrder, cause });
    case 'returned': {
      const { returned } = read;
      return { kind: 'refund', returned, refunded: await refundChannelOrder(deps, { provider, returned, cause }) };
    }
    case 'subscription': {
      const { subscription } = read;
      return { kind: 'subscription', subscription, isNews: await noteSubscription(deps, { provider, subscription }) };
    }
    default:
      return read satisfies never;
  }
}

async function takeOrder(
  deps: SnapshotDeps,
  input: ChannelEventInput & { channelOrder: ChannelOrder; cause: Cause },
): Promise<ChannelEventTaken> {
  const { provider, channelOrder, cause } = input;
  const evidence = await askChannel(deps, input);
  if ('kind' in evidence) return evidence;
  const doubts = channelOrder.soldAt === null ? ['The time of the order is not named.'] : [];
  const recorded = await recordChannelOrder(deps, { provider, channelOrder, evidence, doubts, cause });
  return { kind: 'order', channelOrder, recorded };
}
