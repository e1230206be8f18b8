// Replays a stored event of a channel: its bytes are the evidence, and the verb that records what is missing reports
// what it did. In a dry run the same verb is rolled back.
import type { ProviderName } from '#kernel/provider-name.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { type ChannelEventTaken, takeChannelEvent } from '../channels/handle-channel-event.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { SalesChannel } from '../ports/sales-channel.ts';
import { rehearsalOf } from '../sync/rehearsal.ts';
import type { Booking, ReplayMode } from './replay.ts';

export type ReplayedChannelEvent = { kind: 'booked'; booking: Booking } | { kind: 'unchanged' | 'held' | 'failed' };

export async function replayChannelEvent(
  deps: SnapshotDeps,
  input: { provider: ProviderName; sales: SalesChannel; event: InboxEvent; mode: ReplayMode; signal: AbortSignal },
): Promise<ReplayedChannelEvent> {
  if (input.mode === 'real')
    return describe(await takeChannelEvent(deps, { ...input, isAwaited: true }), { paid: 'paid' });
  const licenses = { asked: 0 };
  const taken = await takeChannelEvent(rehearsalOf(deps), {
    ...input,
    sales: withValidLicenses(input, licenses),
    isAwaited: true,
  });
  const forecast = describe(taken, { paid: licenses.asked > 0 ? 'paid_if_licensed' : 'paid' });
  // By the time of the real run the next order number may be another one.
  if (forecast.kind !== 'booked' || forecast.booking.kind !== 'sale') return forecast;
  return { kind: 'booked', booking: { ...forecast.booking, orderNumber: null } };
}

/** License keys are checked when an order is recorded; in a dry run they count as valid. */
function withValidLicenses(
  { sales, event }: { sales: SalesChannel; event: InboxEvent },
  licenses: { asked: number },
): Pick<SalesChannel, 'readEvent' | 'verifyLicense' | 'listCoupons'> {
  const read = sales.readEvent(event.body);
  return {
    readEvent: () => read,
    listCoupons: (signal) => sales.listCoupons(signal),
    verifyLicense: async ({ licenseKey }) => {
      licenses.asked += 1;
      if (read?.kind !== 'sold') return { kind: 'unknown' };
      const item = read.channelOrder.items.find((each) => each.licenseKey === licenseKey);
      const { customerEmail: email } = read.channelOrder;
      return { kind: 'known', isEnabled: true, email, productKey: item?.productKey ?? null };
    },
  };
}

function describe(taken: ChannelEventTaken, { paid }: { paid: 'paid' | 'paid_if_licensed' }): ReplayedChannelEvent {
  switch (taken.kind) {
    case 'unreadable':
    case 'unanswered':
      return { kind: 'failed' };
    case 'order': {
      const { channelOrder, recorded } = taken;
      // A held order stays held, whatever the catalogue has by now: an admin has to review it.
      if (recorded.kind === 'known') return { kind: recorded.payment.heldAt === null ? 'unchanged' : 'held' };
      const as = recorded.heldBecause.length > 0 ? 'held' : paid;
      const orderNumber = formatOrderNumber(recorded.order.number);
      return {
        kind: 'booked',
        booking: { kind: 'sale', reference: channelOrder.reference, money: channelOrder.price, as, orderNumber },
      };
    }
    case 'refund': {
      const { returned, refunded } = taken;
      if (refunded.kind === 'held') return { kind: 'held' };
      if (refunded.kind === 'nothing_new' || (refunded.kind === 'kept' && !refunded.isNews))
        return { kind: 'unchanged' };
      const money = { ...returned.channelOrder.price, amountMinor: returned.returnedMinor };
      const isWaiting = refunded.kind === 'kept';
      return {
        kind: 'booked',
        booking: { kind: 'refund', reference: returned.channelOrder.reference, money, isWaiting },
      };
    }
    case 'subscription': {
      const { reference, status } = taken.subscription;
      return taken.isNews
        ? { kind: 'booked', booking: { kind: 'subscription', reference, status } }
        : { kind: 'unchanged' };
    }
    default:
      return taken satisfies never;
  }
}
