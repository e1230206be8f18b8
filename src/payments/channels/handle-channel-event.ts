import type { Product } from '#catalog/product.ts';
import type { Database } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderRejected } from '../ports/provider-errors.ts';
import type {
  ChannelOrder,
  ChannelOrderItem,
  ChannelRefund,
  SalesChannel,
  Subscription,
} from '../ports/sales-channel.ts';
import { type ChannelEvidence, type CouponCheck, type LicenseCheck, productOf } from './check-channel-order.ts';
import { type ChannelOrderRecorded, recordChannelOrder } from './record-channel-order.ts';
import { type ChannelOrderRefunded, refundChannelOrder } from './return-channel-order.ts';
import { noteSubscription } from './subscriptions.ts';

/** How often a channel that does not answer is asked about an order; then an admin decides without its answer. */
const attemptsMax = 4;
/** So many license keys of one order are checked; at one a second, more would hold up the events behind it. */
const licensesMax = 10;

export interface ChannelEventInput {
  provider: ProviderName;
  sales: Pick<SalesChannel, 'readEvent' | 'verifyLicense' | 'listCoupons'>;
  event: InboxEvent;
  signal: AbortSignal;
}

/** The result of an event of a channel. */
export type ChannelEventTaken =
  | { kind: 'unreadable' }
  /** The channel did not answer whether a license key or a coupon is valid, and is asked again. */
  | { kind: 'unanswered'; error: string }
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
      return { kind: 'retry', error: taken.error, retryAfterMs: null, pausesLane: false };
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

interface AboutOrder extends ChannelEventInput {
  channelOrder: ChannelOrder;
}

/** What the channel itself says of the order's license keys and coupons. */
async function askChannel(
  deps: { database: Database<PaymentStores> },
  input: AboutOrder,
): Promise<ChannelEvidence | Extract<ChannelEventTaken, { kind: 'unanswered' }>> {
  try {
    return { licenses: await checkLicenses(deps, input), coupons: await checkCoupons(input) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (input.event.startedAttempts < attemptsMax) {
      return { kind: 'unanswered', error: failureWords(error) };
    }
    const { items, coupons } = input.channelOrder;
    const why = `the license could not be checked: ${failureWords(error)}`;
    return {
      licenses: items.map(() => ({ kind: 'not_asked', why })),
      coupons: coupons.map(() => ({ kind: 'not_asked', why: failureWords(error) })),
    };
  }
}

async function checkLicenses(
  deps: { database: Database<PaymentStores> },
  input: AboutOrder,
): Promise<(LicenseCheck | undefined)[]> {
  const keys = input.channelOrder.items.flatMap(({ productKey }) => (productKey === null ? [] : [productKey]));
  const products = await deps.database.read((stores) =>
    stores.products.listProductsByChannelKey({ channel: input.provider, keys }),
  );
  const licenses: (LicenseCheck | undefined)[] = [];
  for (const item of input.channelOrder.items) {
    const product = productOf(item, products);
    const isAsked = product?.hasLicenseSecret === true && licenses.length < licensesMax;
    licenses.push(isAsked ? await checkLicense(deps, { ...input, item, product }) : undefined);
  }
  return licenses;
}

/** Only the code is the event's word: what it takes off is what the channel's own list says. */
async function checkCoupons({ channelOrder, sales, signal }: AboutOrder): Promise<CouponCheck[]> {
  if (channelOrder.coupons.length === 0) return [];
  const { coupons, isWhole } = await sales.listCoupons(signal);
  const missing: CouponCheck = isWhole
    ? { kind: 'unknown' }
    : { kind: 'not_asked', why: 'there are more coupons than are read' };
  return channelOrder.coupons.map(({ code }) => {
    const coupon = coupons.find((known) => known.code.toLowerCase() === code.toLowerCase());
    return coupon === undefined ? missing : { kind: 'known', coupon };
  });
}

async function checkLicense(
  deps: { database: Database<PaymentStores> },
  about: ChannelEventInput & { item: ChannelOrderItem; product: Product },
): Promise<LicenseCheck> {
  const { item, product, sales, signal } = about;
  const { licenseKey } = item;
  if (licenseKey === null) return { kind: 'not_asked', why: 'it has no license key' };
  const productSecret = await deps.database.read((stores) => stores.products.findLicenseSecret(product.id));
  if (productSecret === null) return { kind: 'not_asked', why: 'its secret key was removed meanwhile' };
  try {
    return await sales.verifyLicense({ licenseKey, productSecret }, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    return { kind: 'not_asked', why: `the license could not be checked: ${failureWords(error)}` };
  }
}
