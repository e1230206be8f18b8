// A stored event of a channel that cannot be asked, once more: its bytes are the evidence. What they tell is compared with
// what is booked, so that a dry run says what is missing here, and a real one books that and nothing else.

import type { Product } from '#catalog/product.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { checkChannelOrder, type LicenceCheck, productOf } from '../channels/check-channel-order.ts';
import { handleChannelEvent } from '../channels/handle-channel-event.ts';
import { readReviewThresholds } from '../channels/review-threshold.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type {
  ChannelEvent,
  ChannelOrder,
  ChannelOrderItem,
  ChannelRefund,
  SalesChannel,
  Subscription,
} from '../ports/sales-channel.ts';
import type { Booking, ReplayMode } from './replay.ts';

export type ReplayedSale = { kind: 'booked'; booking: Booking } | { kind: 'unchanged' | 'held' | 'failed' };

interface Told {
  provider: ProviderName;
  sales: SalesChannel;
  event: InboxEvent;
  mode: ReplayMode;
  signal: AbortSignal;
}

export async function replaySale(deps: PaymentDeps, told: Told): Promise<ReplayedSale> {
  const { provider, sales, event, mode } = told;
  const read = sales.readEvent(event.body);
  if (read === undefined) return { kind: 'failed' };
  const foreseen = await deps.database.read((stores) => foresee(stores, { provider, read }));
  if (mode === 'dry_run' || foreseen.kind !== 'booked') return foreseen;
  const result = await handleChannelEvent(deps, told);
  if (result.kind !== 'done') return { kind: 'failed' };
  // A worker had the same event in hand, and was first.
  if (result.outcome === 'known' || result.outcome === 'nothing new') return { kind: 'unchanged' };
  const { booking } = foreseen;
  if (booking.kind !== 'sale') return foreseen;
  const reference = asProviderReference(booking.reference);
  const payment = await deps.database.read((stores) => stores.payments.findPaymentByReference({ provider, reference }));
  const order = payment && (await deps.database.read((stores) => stores.orders.findOrder(payment.orderId)));
  const orderNumber = order === undefined ? null : formatOrderNumber(order.number);
  return { kind: 'booked', booking: { ...booking, orderNumber, as: result.outcome === 'held' ? 'held' : 'paid' } };
}

function foresee(
  stores: PaymentStores,
  { provider, read }: { provider: ProviderName; read: ChannelEvent },
): Promise<ReplayedSale> {
  switch (read.kind) {
    case 'sold':
      return foreseeSale(stores, { provider, sale: read.sale });
    case 'returned':
      return foreseeReturn(stores, { provider, returned: read.returned });
    case 'subscription':
      return foreseeSubscription(stores, { provider, subscription: read.subscription });
    default:
      return read satisfies never;
  }
}

/** What is held stays held, whatever the catalogue has learnt since: somebody has to have looked at it. */
async function foreseeSale(
  stores: PaymentStores,
  { provider, sale }: { provider: ProviderName; sale: ChannelOrder },
): Promise<ReplayedSale> {
  const { reference, price } = sale;
  const payment = await stores.payments.findPaymentByReference({ provider, reference });
  if (payment !== undefined) return { kind: payment.heldAt === null ? 'unchanged' : 'held' };
  const keys = sale.items.flatMap(({ productKey }) => (productKey === null ? [] : [productKey]));
  const products = await stores.products.listProductsByChannelKey({ channel: provider, keys });
  const { limits } = await readReviewThresholds(stores);
  // Licences are asked about when it is booked; here they count as good.
  const licences = sale.items.map((item) => goodLicence(sale, { item, products }));
  const isDoubtful = sale.soldAt === null || checkChannelOrder({ sale, products, limits, licences }).length > 0;
  const ifGood = licences.some((licence) => licence !== undefined) ? 'paid_if_licensed' : 'paid';
  const as = isDoubtful ? 'held' : ifGood;
  return { kind: 'booked', booking: { kind: 'sale', reference, money: price, as, orderNumber: null } };
}

function goodLicence(
  sale: ChannelOrder,
  about: { item: ChannelOrderItem; products: readonly Product[] },
): LicenceCheck | undefined {
  const { item, products } = about;
  if (productOf(item, products)?.hasLicenceSecret !== true) return undefined;
  if (item.licenceKey === null) return { kind: 'not_asked', why: 'it came without a licence key' };
  return { kind: 'known', isEnabled: true, email: sale.customerEmail, productKey: item.productKey };
}

async function foreseeReturn(
  stores: PaymentStores,
  { provider, returned }: { provider: ProviderName; returned: ChannelRefund },
): Promise<ReplayedSale> {
  const { reference, price } = returned.sale;
  const mark = await stores.channelOrders.findMark({ provider, reference });
  if ((mark?.returnedMinor ?? 0) >= returned.returnedMinor) return { kind: 'unchanged' };
  const money = { ...price, amountMinor: returned.returnedMinor };
  const isWaiting = (await stores.payments.findPaymentByReference({ provider, reference })) === undefined;
  return { kind: 'booked', booking: { kind: 'refund', reference, money, isWaiting } };
}

async function foreseeSubscription(
  stores: PaymentStores,
  { provider, subscription }: { provider: ProviderName; subscription: Subscription },
): Promise<ReplayedSale> {
  const { reference, status } = subscription;
  const known = await stores.channelOrders.findSubscription({ provider, reference });
  // An end stays an end.
  if (known?.status === status || known?.status === 'canceled') return { kind: 'unchanged' };
  return { kind: 'booked', booking: { kind: 'subscription', reference, status } };
}
