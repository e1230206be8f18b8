import { currencyPlaces, isDecimal, toUnits } from '../decimal.ts';
import { isObject, isWebAddress, parseJsonObject } from '../requests.ts';
import { apiError, invalidField } from './errors.ts';

// BTCPay: Invoices, create body and list query.

const speedPolicies = ['HighSpeed', 'MediumSpeed', 'LowMediumSpeed', 'LowSpeed'] as const;
type SpeedPolicy = (typeof speedPolicies)[number];

const invoiceStatuses = ['New', 'Processing', 'Settled', 'Expired', 'Invalid'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

export interface InvoiceRequest {
  readonly amountUnits: bigint;
  readonly places: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly speedPolicy: SpeedPolicy;
  readonly expirationMinutes: number;
  readonly monitoringMinutes: number;
  /** Percent. */
  readonly paymentTolerance: number;
  readonly redirectURL: string | null;
  readonly redirectAutomatically: boolean;
}

const expirationMinutesDefault = 15;
const monitoringMinutesDefault = 1440;

export function parseBody(text: string): Record<string, unknown> {
  const fields = parseJsonObject(text);
  if (fields === undefined) throw apiError(400, 'invalid-json', 'The body must be a JSON object');
  return fields;
}

export function parseInvoice(fields: Readonly<Record<string, unknown>>): InvoiceRequest {
  const { currency, amount, metadata = {}, checkout = {} } = fields;
  const places = typeof currency === 'string' ? currencyPlaces(currency) : undefined;
  if (typeof currency !== 'string' || places === undefined) throw invalidField('currency', 'The currency is invalid');
  if (!isObject(metadata)) throw invalidField('metadata', 'The metadata should be an object');
  if (!isObject(checkout)) throw invalidField('checkout', 'The checkout should be an object');
  return { amountUnits: parseAmount(amount, places), places, currency, metadata, ...parseCheckout(checkout) };
}

/** The real server also takes a number, and nothing for a top-up invoice; a shop's client means neither. */
function parseAmount(amount: unknown, places: number): bigint {
  if (typeof amount !== 'string' || !isDecimal(amount)) throw invalidField('amount', 'The amount should be 0 or more.');
  try {
    return toUnits(amount, places);
  } catch {
    throw invalidField('amount', `The amount should have at most ${places} decimal places.`);
  }
}

function parseCheckout(checkout: Record<string, unknown>) {
  const { speedPolicy = 'MediumSpeed', redirectURL = null, redirectAutomatically = false } = checkout;
  const policy = speedPolicies.find((known) => known === speedPolicy);
  if (policy === undefined) throw invalidField('checkout.speedPolicy', 'The speed policy is unknown');
  if (redirectURL !== null && (typeof redirectURL !== 'string' || !isWebAddress(redirectURL))) {
    throw invalidField('checkout.redirectURL', 'The redirect URL is invalid');
  }
  if (typeof redirectAutomatically !== 'boolean') {
    throw invalidField('checkout.redirectAutomatically', 'Should be true or false');
  }
  const minutes = { min: 1, max: 60 * 24 * 365 };
  return {
    speedPolicy: policy,
    redirectURL,
    redirectAutomatically,
    expirationMinutes: numberOf(checkout, 'expirationMinutes', { byDefault: expirationMinutesDefault, ...minutes }),
    monitoringMinutes: numberOf(checkout, 'monitoringMinutes', { byDefault: monitoringMinutesDefault, ...minutes }),
    paymentTolerance: numberOf(checkout, 'paymentTolerance', { byDefault: 0, min: 0, max: 100 }),
  };
}

function numberOf(
  checkout: Record<string, unknown>,
  name: string,
  rule: { byDefault: number; min: number; max: number },
): number {
  const value = checkout[name] ?? rule.byDefault;
  if (typeof value !== 'number' || value < rule.min || value > rule.max) {
    throw invalidField(`checkout.${name}`, `Should be between ${rule.min} and ${rule.max}`);
  }
  return value;
}

export interface ListQuery {
  readonly statuses: readonly InvoiceStatus[];
  readonly orderIds: readonly string[];
  /** Unix seconds, both included. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly textSearch: string | undefined;
  readonly includeArchived: boolean;
  readonly skip: number;
  readonly take: number;
}

const known = [
  'orderId',
  'status',
  'startDate',
  'endDate',
  'textSearch',
  'skip',
  'take',
  'includeArchived',
  'includePaymentMethods',
];
const takeMax = 1_000;
/** The year 5138 in seconds: a larger number was meant as milliseconds. */
const secondsMax = 99_999_999_999;

export function parseList(query: URLSearchParams): ListQuery {
  for (const name of query.keys()) {
    // The real server overlooks what it does not know, `status[]=` too, and then lists everything.
    if (!known.includes(name))
      throw invalidField(name, 'The parameter is unknown; arrays are written by plain repetition');
  }
  if (query.get('take') === null) throw invalidField('take', 'Always send take: the default differs between versions');
  const statuses = query.getAll('status').map((text) => {
    const status = invoiceStatuses.find((name) => name === text);
    if (status === undefined) throw invalidField('status', `The status ${text} is unknown`);
    return status;
  });
  return {
    statuses,
    orderIds: query.getAll('orderId'),
    startSeconds: integerOf(query, 'startDate', { byDefault: 0, max: secondsMax }),
    endSeconds: integerOf(query, 'endDate', { byDefault: secondsMax, max: secondsMax }),
    textSearch: query.get('textSearch') ?? undefined,
    includeArchived: query.get('includeArchived') === 'true',
    skip: integerOf(query, 'skip', { byDefault: 0, max: Number.MAX_SAFE_INTEGER }),
    take: integerOf(query, 'take', { byDefault: takeMax, max: takeMax }),
  };
}

function integerOf(query: URLSearchParams, name: string, rule: { byDefault: number; max: number }): number {
  const text = query.get(name);
  if (text === null) return rule.byDefault;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= rule.max)) throw invalidField(name, `Should be a whole number up to ${rule.max}`);
  return value;
}
