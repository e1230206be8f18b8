// A fake sales channel: its licenses and its channel orders are those that the test gives it.
import { asProviderReference } from '#kernel/ids.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { PaymentProvider, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import type {
  ChannelEvent,
  ChannelOrder,
  ChannelOrderItem,
  Coupon,
  LicenseLookup,
  SalesChannel,
} from '#payments/ports/sales-channel.ts';
import { capabilities } from '../providers/capabilities.ts';

export interface FakeSalesChannel extends ProviderRegistry {
  /** What the next licenses are; a throw is the channel's answer. */
  licenses: (LicenseLookup | Error)[];
  /** The coupons that the channel lists; a throw is its answer. */
  coupons: Coupon[] | Error;
  /** Every answer waits for this. */
  until: Promise<void>;
  /** License keys that were verified. */
  asked: string[];
  isOff: boolean;
}

export function createFakeSalesChannel(): FakeSalesChannel {
  const never = (): never => {
    throw new Error('this is not asked for');
  };
  const sales: SalesChannel = {
    readEvent: (body) => events.get(Buffer.from(body).toString('utf8')),
    redactSecrets: (text) => text.replaceAll('license', '…'),
    async verifyLicense({ licenseKey }) {
      channel.asked.push(licenseKey);
      await channel.until;
      const look = channel.licenses.shift() ?? { kind: 'unknown' };
      if (look instanceof Error) throw look;
      return look;
    },
    async listCoupons() {
      if (channel.coupons instanceof Error) throw channel.coupons;
      return { coupons: channel.coupons, isWhole: true };
    },
    createCoupon: never,
    readExport: never,
  };
  const provider: PaymentProvider = {
    name: 'payhip',
    refunds: null,
    fees: null,
    sales,
    quote: () => undefined,
    findCreatedPayment: never,
    capabilities: capabilities({ canCreate: false, canFetch: false, canList: false, canCancel: false }),
    createPayment: never,
    fetchPayment: never,
    listPayments: never,
    cancelPayment: never,
    verifyWebhook: never,
    probe: () => Promise.resolve(),
    checkSetUp: async () => [],
  };
  const channel: FakeSalesChannel = {
    licenses: [],
    coupons: [],
    until: Promise.resolve(),
    asked: [],
    isOff: false,
    list: () => (channel.isOff ? [] : [provider]),
    find: (name) => (name === 'payhip' && !channel.isOff ? provider : undefined),
    health: () => undefined,
  };
  return channel;
}

const events = new Map<string, ChannelEvent>();

export function aSaleItem(change: Partial<ChannelOrderItem> = {}): ChannelOrderItem {
  return {
    productKey: 'RGsF',
    name: 'Field Guide',
    quantity: 1,
    licenseKey: null,
    hasCoupon: false,
    hasOpenDiscount: false,
    ...change,
  };
}

/** A coupon for all products, with the code of those that the events of tests name. */
export function aCoupon(change: Partial<Coupon> = {}): Coupon {
  const terms = { percent: '20', amountMinor: null, productKey: null };
  return { id: 'c1', code: 'ALLFREE', ...terms, usedCount: 1, usageLimit: null, endsAt: null, ...change };
}

export function aSale(change: Partial<ChannelOrder> = {}): ChannelOrder {
  return {
    reference: asProviderReference('sale-1'),
    price: { amountMinor: 900, currency: 'USD' },
    vatMinor: 0,
    customerEmail: 'ann@example.org',
    items: [aSaleItem()],
    coupons: [],
    feeMinor: 81,
    paymentType: 'card',
    soldAt: Date.UTC(2026, 10, 22, 2),
    ...change,
  };
}

/** An inbox row whose bytes the fake channel reads as this. */
export function anEvent(told: ChannelEvent | 'unreadable', change: Partial<InboxEvent> = {}): InboxEvent {
  const text = `event ${events.size}`;
  if (told !== 'unreadable') events.set(text, told);
  return {
    id: 'event-1',
    receivedAt: 0,
    availableAt: 0,
    lockedUntil: null,
    lockedBy: null,
    processedAt: null,
    abandonedAt: null,
    lastError: null,
    startedAttempts: 1,
    finishedAttempts: 0,
    source: 'payhip',
    eventKey: text,
    eventType: 'paid',
    reference: 'sale-1',
    detail: null,
    trust: 'token',
    outcome: null,
    body: Buffer.from(text),
    headers: null,
    ...change,
  };
}
