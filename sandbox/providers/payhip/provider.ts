import { type CheckoutView, type ProviderRecord, VisitRefused } from '../contract.ts';
import { toUnits } from '../decimal.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform, type Visits, walkAway } from '../visits.ts';
import { createPayhipApi } from './api.ts';
import { createPayhipPages } from './pages.ts';
import type { PayhipSale } from './sale.ts';
import { PayhipSeller, type SellerOptions } from './seller.ts';
import { PayhipShop } from './shop.ts';

/** A basket is given up after a day. */
const basketKeptMs = 86_400_000;

/** A shop that is not ours: visitors pay for baskets, and the seller gives back through Stripe or PayPal. */
export function createPayhip(host: ProviderHost, options: SellerOptions): SimulatedProvider {
  const seller = new PayhipSeller(host, options);
  const origin = (): string => host.origin();
  return {
    name: 'payhip',
    api: createPayhipApi(seller, { apiKey: options.apiKey, host }),
    pages: createPayhipPages(seller),
    shop: new PayhipShop(seller, (sale) => recordOf(sale, origin())),
    visit({ reference, action, fraction }) {
      const sale = seller.sales.get(reference);
      if (sale === undefined) throw new VisitRefused(`payhip: no sale ${reference}`);
      perform(visitsOf(seller, sale, fraction), { provider: 'payhip', action, status: statusOf(sale) });
    },
    view(reference) {
      const sale = seller.sales.get(reference);
      return sale === undefined ? undefined : viewOf(seller, sale);
    },
    findByPage(path) {
      const id = /^\/sales\/(\w+)$/.exec(path)?.[1];
      return id === undefined ? undefined : seller.sales.get(id)?.id;
    },
    records: () => [...seller.sales.values()].reverse().map((sale) => recordOf(sale, origin())),
    createForeign(input) {
      const { amount, currency = 'USD', description = 'Something else' } = input;
      const basket = seller.fillBasket({ cents: Number(toUnits(amount, 2)), currency, name: description });
      return recordOf(basket, origin());
    },
    tick: () => undefined,
    nextDueAt: () => undefined,
  };
}

function visitsOf(seller: PayhipSeller, sale: PayhipSale, fraction = '0.5'): Visits {
  if (!sale.isPaid) return { pay: () => seller.payBasket(sale), walk_away: walkAway };
  const left = sale.cents - sale.refundedCents;
  const part = sale.refundedCents + Math.floor(left * Number(fraction));
  return {
    ...(left > 1 && { refund_part: () => seller.refund(sale.id, part) }),
    ...(left > 0 && { refund_full: () => seller.refund(sale.id, sale.cents) }),
    walk_away: walkAway,
  };
}

const tones = { basket: 'waiting', paid: 'good', 'partially refunded': 'busy', refunded: 'bad' } as const;

function statusOf({ isPaid, cents, refundedCents }: PayhipSale): keyof typeof tones {
  if (!isPaid) return 'basket';
  if (refundedCents === 0) return 'paid';
  return refundedCents < cents ? 'partially refunded' : 'refunded';
}

function recordOf(sale: PayhipSale, origin: string): ProviderRecord {
  const { id, cents, refundedCents, soldAtMs } = sale;
  return {
    provider: 'payhip',
    reference: id,
    status: statusOf(sale),
    exception: '',
    amount: dollars(cents),
    currency: sale.product.currency,
    paid: sale.isPaid ? dollars(cents) : '0',
    orderId: undefined,
    metadata: {},
    createdAtMs: soldAtMs,
    expiresAtMs: soldAtMs + basketKeptMs,
    checkoutUrl: `${origin}/payhip/sales/${id}`,
    idempotencyKey: undefined,
    createCalls: 1,
    refunds:
      refundedCents === 0
        ? []
        : [{ id: `re_${id}`, status: 'succeeded', amount: dollars(refundedCents), isByHand: true }],
    isForeign: sale.isForeign,
  };
}

const statusTexts = { basket: 'Not paid yet', paid: 'Paid' } as const;

function viewOf(seller: PayhipSeller, sale: PayhipSale): CheckoutView {
  const status = statusOf(sale);
  const isGoingBack = status === 'partially refunded' || status === 'refunded';
  return {
    provider: 'payhip',
    reference: sale.id,
    title: `${sale.quantity} × ${sale.product.name}`,
    amount: dollars(sale.cents),
    currency: sale.product.currency,
    status,
    statusText: isGoingBack ? `${dollars(sale.refundedCents)} went back` : statusTexts[status],
    tone: tones[status],
    actions: offered(visitsOf(seller, sale)),
    facts: [
      ['Buyer', sale.email],
      ['Paid by', sale.payBy],
      ['Coupon', sale.coupon?.code ?? 'none'],
      ['License', sale.licenseKey ?? 'none'],
    ],
    expiresAtMs: sale.soldAtMs + basketKeptMs,
    isOpen: !sale.isPaid,
    returnUrl: '/payhip',
  };
}

function dollars(cents: number): string {
  return (cents / 100).toFixed(2);
}
