import { arrivedAtMs } from '../connection.ts';
import { type CheckoutView, type ForeignInput, type ProviderRecord, VisitRefused } from '../contract.ts';
import { formatUnits } from '../decimal.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform } from '../visits.ts';
import { createCoinbaseApi } from './api.ts';
import { amountOf, amountPlaces, type Checkout, isPaid } from './checkout.ts';
import { createJwtCheck, type JwtKey } from './jwt.ts';
import { parseCreate } from './requests.ts';
import { CoinbaseShop, type CoinbaseShopOptions } from './shop.ts';
import type { CheckoutStatus } from './statuses.ts';

export type CoinbaseOptions = JwtKey & CoinbaseShopOptions & { readonly honoursRefundKeys: boolean };

const statusTexts: Readonly<Record<CheckoutStatus, readonly [CheckoutView['tone'], string]>> = {
  ACTIVE: ['waiting', 'Waiting for your payment'],
  PROCESSING: ['busy', 'Payment seen, being confirmed'],
  COMPLETED: ['good', 'Paid'],
  FAILED: ['bad', 'The payment failed'],
  EXPIRED: ['bad', 'This checkout has expired'],
  DEACTIVATED: ['bad', 'The shop has cancelled this checkout'],
  PARTIALLY_REFUNDED: ['good', 'Paid, partly refunded'],
  REFUNDED: ['good', 'Refunded'],
};

export function createCoinbase(host: ProviderHost, options: CoinbaseOptions): SimulatedProvider {
  const shop = new CoinbaseShop(host, options);
  let { honoursRefundKeys } = options;
  return {
    name: 'coinbase',
    api: createCoinbaseApi({
      shop,
      checkJwt: createJwtCheck(options, host),
      host,
      arrivedAt: arrivedAtMs,
      honoursRefundKeys: () => honoursRefundKeys,
    }),
    visit({ reference, action, fraction }) {
      shop.tick();
      const checkout = shop.checkouts.get(reference);
      if (checkout === undefined) throw new VisitRefused(`coinbase: no checkout ${reference}`);
      perform(shop.visits(checkout, fraction), { provider: 'coinbase', action, status: checkout.status });
    },
    view(reference) {
      shop.tick();
      const checkout = shop.checkouts.get(reference);
      return checkout === undefined ? undefined : viewOf(shop, checkout);
    },
    findByPage(path) {
      const pageId = /^\/payment-links\/(\w+)$/.exec(path)?.[1];
      return shop.all().find((checkout) => checkout.pageId === pageId)?.id;
    },
    records: () => shop.all().map((checkout) => recordOf(shop, checkout)),
    createForeign: (input) => recordOf(shop, shop.create(foreignRequest(input, host.now()), { isForeign: true })),
    tick: () => shop.tick(),
    nextDueAt: () => shop.nextDueAt(),
    dials: [
      {
        name: 'refundKeys',
        title: 'Refund keys',
        hint: 'honoured, or forgotten: then a repeat is another refund',
        get: () => (honoursRefundKeys ? 'honoured' : 'forgotten'),
        set(value) {
          if (value !== 'honoured' && value !== 'forgotten') throw new VisitRefused(`coinbase: keys are not ${value}`);
          honoursRefundKeys = value === 'honoured';
        },
      },
    ],
  };
}

function foreignRequest(input: ForeignInput, nowMs: number) {
  const metadata = input.orderId === undefined ? undefined : { orderId: input.orderId };
  const body = { amount: input.amount, currency: input.currency ?? 'USDC', description: input.description, metadata };
  return parseCreate(JSON.stringify(body), nowMs);
}

function recordOf(shop: CoinbaseShop, checkout: Checkout): ProviderRecord {
  const { metadata = {} } = checkout.request;
  const amount = formatUnits(amountOf(checkout), amountPlaces);
  return {
    provider: 'coinbase',
    reference: checkout.id,
    status: checkout.status,
    exception: '',
    amount,
    currency: checkout.request.currency,
    paid: isPaid(checkout) ? amount : '0.00',
    orderId: metadata['orderId'] ?? metadata['order_id'],
    metadata,
    createdAtMs: checkout.createdAtMs,
    expiresAtMs: Date.parse(checkout.expiresAt),
    checkoutUrl: shop.pageUrl(checkout),
    idempotencyKey: checkout.idempotencyKey,
    createCalls: checkout.createCalls,
    refunds: checkout.refunds.map(({ id, status, amount: refunded }) => ({
      id,
      status,
      amount: refunded,
      isByHand: shop.byHand.has(id),
    })),
    isForeign: checkout.isForeign,
  };
}

function viewOf(shop: CoinbaseShop, checkout: Checkout): CheckoutView {
  const { request, status } = checkout;
  const [tone, statusText] = statusTexts[status];
  return {
    provider: 'coinbase',
    reference: checkout.id,
    title: request.description ?? 'Payment',
    amount: formatUnits(amountOf(checkout), amountPlaces),
    currency: request.currency,
    status,
    statusText,
    tone,
    actions: offered(shop.visits(checkout)),
    facts: [
      ['Network', 'Base'],
      ['Address', checkout.address],
      ...(checkout.transactionHash === undefined ? [] : [['Transaction', checkout.transactionHash] as const]),
    ],
    expiresAtMs: Date.parse(checkout.expiresAt),
    isOpen: status === 'ACTIVE',
    returnUrl: tone === 'good' ? request.successRedirectUrl : (request.failRedirectUrl ?? request.successRedirectUrl),
  };
}
