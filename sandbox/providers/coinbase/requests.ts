import { toUnits } from '../decimal.ts';
import { isWebAddress, parseJsonObject } from '../requests.ts';
import { invalidRequest } from './errors.ts';
import { type CheckoutStatus, checkoutStatuses } from './statuses.ts';

// Coinbase: Checkouts, Endpoints. Each rule of the documented tables, and nothing beside them: a field that is not in the
// tables is refused, because a misspelt one would otherwise be silently without effect.

export interface CreateRequest {
  readonly amount: string;
  readonly currency: 'USDC';
  readonly network?: 'base' | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly successRedirectUrl?: string | undefined;
  readonly failRedirectUrl?: string | undefined;
  readonly expiresAt?: string | undefined;
}

export interface RefundRequest {
  readonly amount: string;
  readonly reason?: string | undefined;
}

export interface ListRequest {
  readonly pageSize: number;
  readonly pageToken: string | undefined;
  readonly statuses: readonly CheckoutStatus[];
  readonly startMs: number;
  readonly endMs: number;
  readonly descriptionQuery: string | undefined;
}

const createFields = [
  'amount',
  'currency',
  'network',
  'description',
  'metadata',
  'successRedirectUrl',
  'failRedirectUrl',
  'expiresAt',
];
const amountPattern = /^\d+(\.\d{1,2})?$/;
/** 100,000,000.00 in hundredths. */
const amountMax = 10_000_000_000n;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export function parseCreate(body: string, nowMs: number): CreateRequest {
  const fields = parseFields(body, createFields);
  if (fields['currency'] !== 'USDC') throw invalidRequest('currency must be USDC.');
  if (fields['network'] !== undefined && fields['network'] !== 'base') throw invalidRequest('network must be base.');
  const expiresAt = fields['expiresAt'];
  if (expiresAt !== undefined && parseTime(expiresAt, 'expiresAt') <= nowMs) {
    throw invalidRequest('expiresAt must be in the future.');
  }
  return {
    amount: parseAmount(fields['amount']),
    currency: 'USDC',
    network: 'base',
    description: parseText(fields['description'], 'description'),
    metadata: parseMetadata(fields['metadata']),
    successRedirectUrl: parseRedirect(fields['successRedirectUrl'], 'successRedirectUrl'),
    failRedirectUrl: parseRedirect(fields['failRedirectUrl'], 'failRedirectUrl'),
    expiresAt: expiresAt === undefined ? undefined : String(expiresAt),
  };
}

export function parseRefund(body: string): RefundRequest {
  const fields = parseFields(body, ['amount', 'currency', 'reason']);
  if (fields['currency'] !== undefined && fields['currency'] !== 'USDC') {
    throw invalidRequest('currency must be that of the checkout.');
  }
  return { amount: parseAmount(fields['amount']), reason: parseText(fields['reason'], 'reason') };
}

export function parseList(query: URLSearchParams): ListRequest {
  const pageSize = Number(query.get('pageSize') ?? '20');
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) {
    throw invalidRequest('Page size must be between 1 and 100.');
  }
  const statuses = query.getAll('status').map((text) => {
    const status = checkoutStatuses.find((known) => known === text);
    if (status === undefined) throw invalidRequest(`status ${text} is unknown.`);
    return status;
  });
  const known = ['pageSize', 'pageToken', 'status', 'startTime', 'endTime', 'descriptionQuery'];
  for (const name of query.keys()) {
    if (!known.includes(name)) throw invalidRequest(`query parameter ${name} is unknown.`);
  }
  const start = query.get('startTime');
  const end = query.get('endTime');
  return {
    pageSize,
    pageToken: query.get('pageToken') ?? undefined,
    statuses,
    startMs: start === null ? Number.NEGATIVE_INFINITY : parseTime(start, 'startTime'),
    endMs: end === null ? Number.POSITIVE_INFINITY : parseTime(end, 'endTime'),
    descriptionQuery: parseText(query.get('descriptionQuery') ?? undefined, 'descriptionQuery'),
  };
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Required on creation; on a refund its use is not documented, so there it may be missing. */
export function parseIdempotencyKey(value: string | undefined, rule: 'required' | 'optional'): string | undefined {
  if (value === undefined && rule === 'optional') return undefined;
  if (value === undefined || !uuidV4.test(value)) throw invalidRequest('X-Idempotency-Key must be a UUID v4.');
  return value;
}

function parseFields(body: string, known: readonly string[]): Record<string, unknown> {
  const fields = parseJsonObject(body);
  if (fields === undefined) throw invalidRequest('The body must be a JSON object.');
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalidRequest(`field ${unknown} is unknown.`);
  return fields;
}

function parseAmount(value: unknown): string {
  if (typeof value !== 'string' || !amountPattern.test(value)) {
    throw invalidRequest('amount must be a string with at most two decimal places.');
  }
  const units = toUnits(value, 2);
  if (units < 1n || units > amountMax) throw invalidRequest('amount must be between 0.01 and 100000000.');
  return value;
}

function parseText(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > 500) throw invalidRequest(`${name} must be at most 500 characters.`);
  return value;
}

function parseMetadata(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest('metadata must be an object.');
  }
  const entries = Object.entries(value);
  if (entries.length > 20) throw invalidRequest('metadata may have at most 20 keys.');
  return Object.fromEntries(
    entries.map(([key, text]: [string, unknown]) => {
      if (typeof text !== 'string' || text.length > 100) {
        throw invalidRequest(`metadata.${key} must be a string of at most 100 characters.`);
      }
      return [key, text];
    }),
  );
}

function parseRedirect(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > 2048 || !isWebAddress(value)) {
    throw invalidRequest(`${name} must be an https address of at most 2048 characters.`);
  }
  return value;
}

function parseTime(value: unknown, name: string): number {
  const time = typeof value === 'string' && rfc3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw invalidRequest(`${name} must be an RFC 3339 time.`);
  return time;
}
