import { currencyPlaces, isDecimal, toUnits } from '../decimal.ts';
import { isWebAddress, parseJsonObject } from '../requests.ts';
import { badRequest } from './errors.ts';

// NOWPayments: Calls, `POST /invoice` and the list of payments.

export interface InvoiceRequest {
  readonly priceUnits: bigint;
  readonly places: number;
  /** Upper case, as the sandbox writes currencies. */
  readonly currency: string;
  readonly orderId: string | undefined;
  readonly description: string | undefined;
  readonly ipnUrl: string | undefined;
  readonly successUrl: string | undefined;
  readonly cancelUrl: string | undefined;
}

const known = [
  'price_amount',
  'price_currency',
  'pay_currency',
  'order_id',
  'order_description',
  'ipn_callback_url',
  'success_url',
  'cancel_url',
  'partially_paid_url',
  'is_fixed_rate',
  'is_fee_paid_by_user',
];

/** The real one overlooks what it does not know; a shop's client that misspells a field means something. */
export function parseInvoice(body: string): InvoiceRequest {
  const fields = parseJsonObject(body);
  if (fields === undefined) throw badRequest('body must be an object');
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw badRequest(`"${unknown}" is not allowed`);
  if (typeof fields['price_amount'] !== 'number') throw badRequest('"price_amount" must be a number');
  return invoiceRequest({
    amount: String(fields['price_amount']),
    currency: text(fields, 'price_currency') ?? '',
    orderId: text(fields, 'order_id'),
    description: text(fields, 'order_description'),
    ipnUrl: address(fields, 'ipn_callback_url'),
    successUrl: address(fields, 'success_url'),
    cancelUrl: address(fields, 'cancel_url'),
  });
}

export function invoiceRequest(input: {
  amount: string;
  currency: string;
  orderId?: string | undefined;
  description?: string | undefined;
  ipnUrl?: string | undefined;
  successUrl?: string | undefined;
  cancelUrl?: string | undefined;
}): InvoiceRequest {
  const { amount, ...rest } = input;
  const currency = input.currency.toUpperCase();
  const places = currencyPlaces(currency);
  if (places === undefined || input.currency !== input.currency.toLowerCase()) {
    throw badRequest(`Currency ${input.currency} was not found`);
  }
  if (!isDecimal(amount)) throw badRequest('"price_amount" must be a positive number');
  const priceUnits = unitsOf(amount, places);
  if (priceUnits <= 0n) throw badRequest('"price_amount" must be a positive number');
  const { orderId, description, ipnUrl, successUrl, cancelUrl } = rest;
  return { priceUnits, places, currency, orderId, description, ipnUrl, successUrl, cancelUrl };
}

function unitsOf(amount: string, places: number): bigint {
  try {
    return toUnits(amount, places);
  } catch {
    throw badRequest(`"price_amount" must have at most ${places} decimal places`);
  }
}

function text(fields: Record<string, unknown>, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a string`);
  return value;
}

function address(fields: Record<string, unknown>, name: string): string | undefined {
  const value = text(fields, name);
  if (value !== undefined && !isWebAddress(value)) throw badRequest(`"${name}" must be a valid uri`);
  return value;
}

export interface PaymentQuery {
  readonly limit: number;
  readonly page: number;
  readonly invoiceId: string | undefined;
  readonly isNewestFirst: boolean;
}

/** A field's name in `orderBy` is answered 500 by the real one. */
export function parsePaymentQuery(query: URLSearchParams): PaymentQuery | 'crash' {
  const limit = Number(query.get('limit') ?? '10');
  const page = Number(query.get('page') ?? '0');
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw badRequest('"limit" must be from 1 to 500');
  if (!Number.isInteger(page) || page < 0) throw badRequest('"page" must be 0 or more');
  const order = query.get('orderBy') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') return 'crash';
  return { limit, page, invoiceId: query.get('invoiceId') ?? undefined, isNewestFirst: order === 'desc' };
}
