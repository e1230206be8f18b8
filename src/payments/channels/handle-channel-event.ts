import type { Product } from '#catalog/product.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import type { DeliveryResult } from '#messaging/outbox-handler.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import { ProviderError, ProviderRejected } from '../ports/provider-errors.ts';
import type { ChannelOrder, ChannelOrderItem, SalesChannel } from '../ports/sales-channel.ts';
import { type LicenceCheck, productOf } from './check-channel-order.ts';
import { noteSubscription } from './note-subscription.ts';
import { recordChannelOrder } from './record-channel-order.ts';
import { refundChannelOrder } from './return-channel-order.ts';

/** A channel that does not answer is asked about a licence so often; then a person decides without it. */
const licenceAttemptsMax = 4;
/** So many licences of one sale are looked at; at one a second, more would hold up the events behind it. */
const licencesMax = 10;

interface Told {
  provider: ProviderName;
  sales: SalesChannel;
  event: InboxEvent;
  signal: AbortSignal;
}

/** What a worker does with an event of a channel that cannot be asked: the stored bytes are the evidence. */
export async function handleChannelEvent(deps: PaymentDeps, told: Told): Promise<DeliveryResult> {
  const { provider, event } = told;
  const read = told.sales.readEvent(event.body);
  // The bytes are kept with the dead letter, so that a later version can read them.
  if (read === undefined) return { kind: 'give_up', reason: 'the event cannot be read' };
  const cause: Cause = { kind: 'webhook', id: event.id, actor: { kind: 'provider', id: provider } };
  switch (read.kind) {
    case 'sold':
      return takeSale(deps, { ...told, sale: read.sale, cause });
    case 'returned': {
      const result = await refundChannelOrder(deps, { provider, returned: read.returned, cause });
      if (result.kind === 'too_many_wait') return { kind: 'give_up', reason: 'too many refunds wait for their sale' };
      return { kind: 'done', outcome: result.kind.replaceAll('_', ' ') };
    }
    case 'subscription':
      await noteSubscription(deps, { provider, subscription: read.subscription });
      return { kind: 'done', outcome: 'noted' };
    default:
      return read satisfies never;
  }
}

async function takeSale(deps: PaymentDeps, told: Told & { sale: ChannelOrder; cause: Cause }): Promise<DeliveryResult> {
  const { provider, sale, cause } = told;
  const licences = await lookAtLicences(deps, told);
  if (!Array.isArray(licences)) return licences;
  const doubts = sale.soldAt === null ? ['When it was sold is not told.'] : [];
  const recorded = await recordChannelOrder(deps, { provider, sale, licences, doubts, cause });
  if (recorded.kind === 'known') return { kind: 'done', outcome: 'known' };
  return { kind: 'done', outcome: recorded.heldBecause.length > 0 ? 'held' : 'paid' };
}

async function lookAtLicences(
  deps: PaymentDeps,
  told: Told & { sale: ChannelOrder },
): Promise<(LicenceCheck | undefined)[] | DeliveryResult> {
  const keys = told.sale.items.flatMap(({ productKey }) => (productKey === null ? [] : [productKey]));
  const products = await deps.database.read((stores) =>
    stores.products.listProductsByChannelKey({ channel: told.provider, keys }),
  );
  const licences: (LicenceCheck | undefined)[] = [];
  try {
    for (const item of told.sale.items) {
      const product = productOf(item, products);
      const isAsked = product?.hasLicenceSecret === true && licences.length < licencesMax;
      licences.push(isAsked ? await lookAtLicence(deps, { ...told, item, product }) : undefined);
    }
    return licences;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (told.event.startedAttempts < licenceAttemptsMax) {
      return { kind: 'retry', error: error.message, retryAfterMs: null, pausesLane: false };
    }
    const why = `the licence could not be checked: ${error.message}`;
    return told.sale.items.map(() => ({ kind: 'not_asked', why }));
  }
}

async function lookAtLicence(
  deps: PaymentDeps,
  about: Told & { item: ChannelOrderItem; product: Product },
): Promise<LicenceCheck> {
  const { item, product, sales, signal } = about;
  const { licenceKey } = item;
  if (licenceKey === null) return { kind: 'not_asked', why: 'it came without a licence key' };
  const productSecret = await deps.database.read((stores) => stores.products.findLicenceSecret(product.id));
  if (productSecret === null) return { kind: 'not_asked', why: 'its secret key was taken away meanwhile' };
  try {
    return await sales.verifyLicence({ licenceKey, productSecret }, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    return { kind: 'not_asked', why: `the licence could not be checked: ${error.message}` };
  }
}
