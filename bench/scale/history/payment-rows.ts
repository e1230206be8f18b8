// One attempt to collect, as each provider makes them.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import { type Payment, paymentOpenForMs } from '#payments/model/payment.ts';
import type { Stream } from '#test/simulation/engine/random.ts';
import { hexDigits, type NewId } from './ids.ts';

type Collecting = Exclude<ProviderName, 'payhip'>;

/** Of orders that are paid at one of our links; Payhip's own sales come beside them. */
export function drawProvider(chance: Stream): Collecting {
  return chance.pickWeighted<Collecting>([
    ['btcpay', 34],
    ['coinbase', 28],
    ['nowpayments', 21],
    ['bitpay', 17],
  ]);
}

export const trustOf: Readonly<Record<ProviderName, Trust>> = {
  coinbase: 'fetched',
  bitpay: 'fetched',
  btcpay: 'fetched',
  nowpayments: 'fetched',
  payhip: 'token',
};

/** The provider's own words by what became of the payment. */
export const wordsOf: Readonly<Record<Payment['status'], string>> = {
  created: 'New',
  pending: 'Processing',
  paid: 'Settled',
  underpaid: 'Expired / PaidPartial',
  overpaid: 'Settled / PaidOver',
  paid_late: 'Expired / PaidLate',
  expired: 'Expired',
  failed: 'Invalid',
  cancelled: 'Invalid / Marked',
  reversed: 'Refunded',
};

export function newPayment(
  about: { order: Order; provider: ProviderName; amountMinor: number; at: Milliseconds },
  { chance, newId }: { chance: Stream; newId: NewId },
): Payment {
  const { order, provider, amountMinor, at } = about;
  const reference = asProviderReference(
    provider === 'nowpayments' ? numeral(chance) : hexDigits(chance, 12) + hexDigits(chance, 10),
  );
  return {
    id: asPaymentId(newId(at)),
    orderId: order.id,
    provider,
    status: 'created',
    version: 1,
    creation: 'confirmed',
    currency: order.currency,
    amountMinor,
    requestedAmount: toDecimal({ amountMinor, currency: order.currency }),
    requestedAsset: provider === 'coinbase' ? 'USDC' : order.currency,
    expectedAmount: null,
    receivedAmount: null,
    receivedAsset: null,
    coinExpected: null,
    coinReceived: null,
    coinAsset: null,
    capturedMinor: 0,
    reference,
    details: [],
    checkoutUrl: `https://${provider}.example/i/${reference}`,
    providerStatus: wordsOf.created,
    transactionIds: [],
    trust: trustOf[provider],
    evidenceAt: at,
    mismatchedAt: null,
    heldAt: null,
    acceptedAt: null,
    acceptedBy: null,
    acceptedReason: null,
    feeAmount: null,
    netAmount: null,
    figuresAsset: null,
    settledAt: null,
    paidAt: null,
    expiresAt: at + paymentOpenForMs,
    nextPollAt: at + paymentOpenForMs / 4,
    lockedUntil: null,
    lockedBy: null,
    createdAt: at,
    updatedAt: at,
  };
}

/** Money came: so much of what was asked for, in a coin of the buyer's choice. */
export function receive(
  payment: Payment,
  { share, at, chance }: { share: number; at: Milliseconds; chance: Stream },
): void {
  const receivedMinor = Math.round(payment.amountMinor * share);
  const coin =
    payment.provider === 'coinbase'
      ? 'USDC'
      : chance.pickWeighted([
          ['BTC', 50],
          ['ETH', 20],
          ['USDT', 30],
        ]);
  const rate = coin === 'BTC' ? 1e-7 : 1e-2;
  payment.expectedAmount = payment.requestedAmount;
  payment.receivedAmount = toDecimal({ amountMinor: receivedMinor, currency: payment.currency });
  payment.receivedAsset = payment.requestedAsset;
  payment.capturedMinor = receivedMinor;
  if (payment.provider === 'payhip') return;
  payment.coinAsset = coin;
  payment.coinExpected = (payment.amountMinor * rate).toFixed(8);
  payment.coinReceived = (receivedMinor * rate).toFixed(8);
  payment.transactionIds = [
    hexDigits(chance, 12) + hexDigits(chance, 12) + hexDigits(chance, 12) + hexDigits(chance, 12),
  ];
  if (payment.provider !== 'bitpay') return;
  const feeMinor = Math.round(receivedMinor / 100);
  payment.feeAmount = toDecimal({ amountMinor: feeMinor, currency: payment.currency });
  payment.netAmount = toDecimal({ amountMinor: receivedMinor - feeMinor, currency: payment.currency });
  payment.figuresAsset = payment.currency;
  payment.settledAt = at + day;
}

/** Ten digits, as NOWPayments numbers its payments; two in a million would be the same, so they are longer here. */
function numeral(chance: Stream): string {
  return `${5 + chance.int(4)}${String(chance.int(1e7)).padStart(7, '0')}${String(chance.int(1e7)).padStart(7, '0')}`;
}
