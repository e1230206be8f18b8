import { currencyPlaces, isDecimal, toUnits } from '../decimal.ts';
import { apiError, invalidField } from './errors.ts';
import { btc, type Invoice, isPaidOver, paidUnits } from './invoice.ts';
import { type PullPaymentRequest, payoutMethod } from './pull-payment.ts';

// BTCPay: Refunds, the body. Beside the invoice's own state nothing limits what is offered.

const nameMax = 50;
const coinPlaces = 8;

type Fields = Readonly<Record<string, unknown>>;
type Amount = Pick<PullPaymentRequest, 'currency' | 'places' | 'units' | 'autoApproveClaims'>;

export function parseRefund(fields: Fields, invoice: Invoice): PullPaymentRequest {
  if (!isRefundable(invoice)) throw apiError(400, 'non-refundable', 'Cannot refund this invoice');
  const { name = `Refund ${invoice.id}`, description = null, payoutMethods } = fields;
  if (!Array.isArray(payoutMethods) || payoutMethods.length === 0 || payoutMethods.some((id) => id !== payoutMethod)) {
    throw invalidField('payoutMethods', 'Please select one of the payment methods which were available');
  }
  if (typeof name !== 'string' || name.length > nameMax) {
    throw invalidField('name', `The name should be maximum ${nameMax} characters.`);
  }
  if (description !== null && typeof description !== 'string') throw invalidField('description', 'Should be a text');
  return { name, description, ...amountOf(fields, invoice) };
}

export function isRefundable({ status, additionalStatus }: Invoice): boolean {
  return status === 'Settled' || status === 'Invalid' || (status === 'Expired' && additionalStatus !== 'None');
}

function amountOf(fields: Fields, invoice: Invoice): Amount {
  const { refundVariant } = fields;
  const { currency, places, amountUnits } = invoice.request;
  const paid = paidUnits(invoice);
  if (refundVariant !== 'Custom' && (fields['customAmount'] ?? fields['customCurrency'] ?? null) !== null) {
    throw invalidField('customAmount', 'CustomAmount should only be set if the refundVariant is Custom');
  }
  switch (refundVariant) {
    case 'RateThen':
    case 'CurrentRate':
      return inCoin(btc(invoice, paid));
    case 'Fiat':
      return { currency, places, units: paid, autoApproveClaims: false };
    case 'OverpaidAmount':
      if (!isPaidOver(invoice)) throw invalidField('refundVariant', 'Invoice is not overpaid');
      return inCoin(btc(invoice, paid - amountUnits));
    case 'Custom':
      return customAmount(fields);
    default:
      throw invalidField('refundVariant', 'The refund variant is unknown');
  }
}

function inCoin(amount: string): Amount {
  return { currency: 'BTC', places: coinPlaces, units: toUnits(amount, coinPlaces), autoApproveClaims: true };
}

/** A claim in coin needs no rate, and so no approval. */
function customAmount({ customAmount: amount, customCurrency: currency }: Fields): Amount {
  const places = typeof currency === 'string' ? currencyPlaces(currency) : undefined;
  if (typeof currency !== 'string' || places === undefined) throw invalidField('customCurrency', 'Invalid currency');
  if (typeof amount !== 'string' || !isDecimal(amount))
    throw invalidField('customAmount', 'Should be a decimal string');
  const units = toUnits(amount, places);
  if (units <= 0n) throw invalidField('customAmount', 'Amount must be greater than 0');
  return { currency, places, units, autoApproveClaims: currency === 'BTC' };
}
