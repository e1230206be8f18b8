import { currencyPlaces, toUnits } from '../decimal.ts';
import { isObject, isWebAddress } from '../requests.ts';
import { codedError, invalidParameter } from './errors.ts';

// BitPay: Invoices and Refunds, the documented fields.

type TransactionSpeed = 'high' | 'medium' | 'low';

export interface InvoiceRequest {
  readonly priceUnits: bigint;
  readonly currency: string;
  readonly orderId?: string | undefined;
  readonly itemDesc?: string | undefined;
  readonly posData?: string | undefined;
  readonly guid?: string | undefined;
  readonly notificationURL?: string | undefined;
  readonly redirectURL?: string | undefined;
  readonly closeURL?: string | undefined;
  readonly autoRedirect: boolean;
  readonly transactionSpeed: TransactionSpeed;
  readonly fullNotifications: boolean;
  readonly extendedNotifications: boolean;
  readonly buyer: Readonly<Record<string, unknown>>;
  readonly acceptanceWindowMs?: number | undefined;
}

export interface RefundRequest {
  readonly invoiceId: string;
  readonly amountUnits: bigint;
  readonly isPreview: boolean;
  readonly isImmediate: boolean;
  readonly buyerPaysRefundFee: boolean;
  readonly guid?: string | undefined;
  readonly reference?: string | undefined;
  readonly notificationURL?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

export function parseInvoice(fields: Fields): InvoiceRequest {
  const missing = ['price', 'currency'].filter((name) => fields[name] === undefined);
  if (missing.length > 0) throw codedError(400, '010103', `Missing parameters: ${missing.join(', ')}`);
  const currency = textOf(fields, 'currency');
  const places = currency === undefined ? undefined : currencyPlaces(currency);
  if (currency === undefined || places === undefined) throw invalidParameter('currency', 'Unknown currency');
  const buyer = fields['buyer'] ?? {};
  if (!isObject(buyer)) throw invalidParameter('buyer', 'Must be an object');
  return {
    priceUnits: moneyOf(fields, { name: 'price', places }),
    currency,
    orderId: textOf(fields, 'orderId'),
    itemDesc: textOf(fields, 'itemDesc'),
    posData: textOf(fields, 'posData'),
    guid: textOf(fields, 'guid'),
    notificationURL: urlOf(fields, 'notificationURL'),
    redirectURL: urlOf(fields, 'redirectURL'),
    closeURL: urlOf(fields, 'closeURL'),
    autoRedirect: flagOf(fields, 'autoRedirect') ?? false,
    transactionSpeed: speedOf(fields['transactionSpeed']),
    fullNotifications: flagOf(fields, 'fullNotifications') ?? true,
    extendedNotifications: flagOf(fields, 'extendedNotifications') ?? false,
    buyer,
    acceptanceWindowMs: windowOf(fields['acceptanceWindow']),
  };
}

export function parseRefund(fields: Fields, places: number): RefundRequest {
  const invoiceId = textOf(fields, 'invoiceId');
  if (invoiceId === undefined || fields['amount'] === undefined) {
    throw codedError(400, '010303', 'Missing parameters: invoiceId, amount');
  }
  const reference = textOf(fields, 'reference');
  if (reference !== undefined && reference.length > 100) throw invalidParameter('reference', 'At most 100 characters');
  return {
    invoiceId,
    amountUnits: moneyOf(fields, { name: 'amount', places }),
    isPreview: flagOf(fields, 'preview') ?? false,
    isImmediate: flagOf(fields, 'immediate') ?? false,
    buyerPaysRefundFee: flagOf(fields, 'buyerPaysRefundFee') ?? false,
    guid: textOf(fields, 'guid'),
    reference,
    notificationURL: urlOf(fields, 'notificationURL'),
  };
}

export interface ListQuery {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly status: string | undefined;
  readonly orderId: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const listMax = 100;

/** Dates are those of creation, in UTC, and the last one is included. */
export function parseList(query: URLSearchParams): ListQuery {
  return {
    ...parseDays(query, { start: 'dateStart', end: 'dateEnd' }),
    ...parsePage(query),
    status: query.get('status') ?? undefined,
    orderId: query.get('orderId') ?? undefined,
  };
}

export function parseDays(
  query: URLSearchParams,
  names: { start: string; end: string },
): Pick<ListQuery, 'fromMs' | 'untilMs'> {
  return { fromMs: dateOf(query, names.start), untilMs: dateOf(query, names.end) + dayMs };
}

export function parsePage(query: URLSearchParams): Pick<ListQuery, 'limit' | 'offset'> {
  return {
    limit: countOf(query, { name: 'limit', byDefault: listMax, max: listMax }),
    offset: countOf(query, { name: 'offset', byDefault: 0, max: Number.MAX_SAFE_INTEGER }),
  };
}

function dateOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw invalidParameter(name, 'Must be a date: YYYY-MM-DD');
  return time;
}

function countOf(query: URLSearchParams, rule: { name: string; byDefault: number; max: number }): number {
  const value = Number(query.get(rule.name) ?? rule.byDefault);
  if (!Number.isInteger(value) || value < 0 || value > rule.max) throw invalidParameter(rule.name, 'Out of range');
  return value;
}

/** A JSON number with no more places than the currency has. */
function moneyOf(fields: Fields, { name, places }: { name: string; places: number }): bigint {
  const value = fields[name];
  if (typeof value !== 'number' || !(value > 0) || value >= 1e15) {
    throw invalidParameter(name, 'Must be a positive number');
  }
  try {
    return toUnits(String(value), places);
  } catch {
    throw invalidParameter(name, `At most ${places} decimal places`);
  }
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value !== undefined && typeof value !== 'string') throw invalidParameter(name, 'Must be a string');
  return value;
}

function flagOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (value !== undefined && typeof value !== 'boolean') throw invalidParameter(name, 'Must be true or false');
  return value;
}

function urlOf(fields: Fields, name: string): string | undefined {
  const value = textOf(fields, name);
  if (value !== undefined && !isWebAddress(value)) throw invalidParameter(name, 'Must be an https address');
  return value;
}

function speedOf(value: unknown): TransactionSpeed {
  if (value === undefined) return 'medium';
  if (value === 'high' || value === 'medium' || value === 'low') return value;
  throw invalidParameter('transactionSpeed', 'Must be high, medium or low');
}

function windowOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 900_000) {
    throw invalidParameter('acceptanceWindow', 'Must be 0 to 900000 milliseconds');
  }
  return value;
}
