import { type CheckoutView, type ProviderRecord, type VisitAction, VisitRefused } from '../contract.ts';
import { toUnits } from '../decimal.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform, type Visits, walkAway } from '../visits.ts';
import { createPayhipApi } from './api.ts';
import type { PayhipSale } from './sale.ts';
import { PayhipSeller, type SellerOptions } from './seller.ts';

/** A shop that is not ours: what visitors do to a sale is done by the seller, through Stripe or PayPal. */
export interface SimulatedPayhip extends SimulatedProvider {
  readonly seller: PayhipSeller;
}

export function createPayhip(host: ProviderHost, options: SellerOptions): SimulatedPayhip {
  const seller = new PayhipSeller(host, options);
  return {
    name: 'payhip',
    seller,
    api: createPayhipApi(seller, options),
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
    records: () => [...seller.sales.values()].reverse().map((sale) => recordOf(sale, host.origin())),
    createForeign(input) {
      const { amount, currency = 'USD', description = 'Something else' } = input;
      const sale = seller.sellForeign({ cents: Number(toUnits(amount, 2)), currency, name: description });
      return recordOf(sale, host.origin());
    },
    tick: () => undefined,
  };
}

function visitsOf(seller: PayhipSeller, sale: PayhipSale, fraction = '0.5'): Visits {
  const left = sale.cents - sale.refundedCents;
  const part = sale.refundedCents + Math.floor(left * Number(fraction));
  return {
    ...(left > 1 && { refund_part: () => seller.refund(sale.id, part) }),
    ...(left > 0 && { refund_full: () => seller.refund(sale.id, sale.cents) }),
    walk_away: walkAway,
  };
}

function statusOf({ cents, refundedCents }: PayhipSale): string {
  if (refundedCents === 0) return 'paid';
  return refundedCents < cents ? 'partially refunded' : 'refunded';
}

function recordOf(sale: PayhipSale, origin: string): ProviderRecord {
  return {
    provider: 'payhip',
    reference: sale.id,
    status: statusOf(sale),
    exception: '',
    amount: dollars(sale.cents),
    currency: sale.product.currency,
    paid: dollars(sale.cents - sale.refundedCents),
    orderId: undefined,
    metadata: {},
    createdAtMs: sale.soldAtMs,
    expiresAtMs: sale.soldAtMs,
    checkoutUrl: `${origin}/payhip/sales/${sale.id}`,
    idempotencyKey: undefined,
    createCalls: 0,
    refunds:
      sale.refundedCents === 0
        ? []
        : [{ id: `re_${sale.id}`, status: 'succeeded', amount: dollars(sale.refundedCents) }],
    isForeign: sale.isForeign,
  };
}

const tones = { paid: 'good', 'partially refunded': 'busy', refunded: 'bad' } as const;

function viewOf(seller: PayhipSeller, sale: PayhipSale): CheckoutView {
  const status = statusOf(sale);
  const actions: VisitAction[] = offered(visitsOf(seller, sale));
  return {
    provider: 'payhip',
    reference: sale.id,
    title: `${sale.quantity} × ${sale.product.name}`,
    amount: dollars(sale.cents),
    currency: sale.product.currency,
    status,
    statusText: status === 'paid' ? 'Sold' : `${dollars(sale.refundedCents)} went back`,
    tone: tones[status as keyof typeof tones],
    actions,
    facts: [
      ['Buyer', sale.email],
      ['Paid by', sale.payBy],
      ['Coupon', sale.coupon?.code ?? 'none'],
      ['Licence', sale.licenceKey ?? 'none'],
    ],
    expiresAtMs: sale.soldAtMs,
    isOpen: false,
    returnUrl: '/payhip',
  };
}

function dollars(cents: number): string {
  return (cents / 100).toFixed(2);
}
