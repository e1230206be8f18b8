// What the shop's site may ask for. Every fault of a body is found at once and named by its place; unknown fields are
// faults too, because a misspelt one would otherwise be lost without a word.
import { z } from '@hono/zod-openapi';
import { isCurrency, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { OrderItem } from '#orders/order.ts';
import type { Fault } from '../kit/problem.ts';
import { plainWords, toFaults } from './request-faults.ts';

const itemsMax = 100;
const quantityMax = 10_000;
const metadataKeysMax = 20;
/** A hostile body can be wrong in a hundred thousand places; nobody reads further than this. */
const faultsMax = 100;

/** One line of text. Control characters and halves of surrogate pairs would not survive every database and chat. */
function line(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be one line of plain text');
}

/** Money as the shop writes it. */
export const amount = z
  .string('must be a decimal string such as "49.00"; a JSON number is not accepted for money')
  .regex(/^(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?$/, 'must be a decimal string such as "49.00"')
  .openapi({ example: '49.00' });

const item = z.strictObject({
  sku: line(100).nullish(),
  name: line(200),
  quantity: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(quantityMax, `must be at most ${quantityMax}`),
  unit_amount: amount,
});

const redirectUrl = z
  .string()
  .max(2_048, 'must have at most 2048 characters')
  .refine(isRedirectUrl, 'must be an https:// URL (http:// on loopback only) without credentials');

function isRedirectUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

const metadata = z
  .record(
    line(64),
    z
      .string()
      .max(500, 'must have at most 500 characters')
      .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be plain text'),
  )
  .refine((record) => Object.keys(record).length <= metadataKeysMax, `must have at most ${metadataKeysMax} keys`);

export const orderRequestSchema = z
  .strictObject({
    reference: line(200).nullish().openapi({ description: "The shop's own reference of the order." }),
    items: z.array(item).min(1, 'must not be empty').max(itemsMax, `must have at most ${itemsMax} items`),
    currency: z
      .string()
      .refine(isCurrency, 'must be an ISO 4217 code in capitals, or USDC')
      .openapi({ example: 'USD' }),
    customer: z
      .strictObject({
        email: z.email('must be an e-mail address').max(254, 'must have at most 254 characters').nullish(),
        name: line(200).nullish(),
      })
      .nullish(),
    provider: z.enum(['auto', ...providerNames], `must be auto or one of ${providerNames.join(', ')}`).nullish(),
    redirect_url: redirectUrl.nullish().openapi({ description: 'Where the customer returns to after paying.' }),
    metadata: metadata.nullish(),
  })
  .openapi('OrderRequest');

/** An order as it was asked for, with its money in minor units. */
export interface OrderRequest {
  items: OrderItem[];
  currency: string;
  amountMinor: number;
  customerEmail: string | null;
  customerName: string | null;
  provider: 'auto' | ProviderName;
  redirectUrl: string | null;
  metadata: Record<string, string>;
  reference: string | null;
}

export type ParsedOrderRequest = { kind: 'request'; request: OrderRequest } | { kind: 'faults'; faults: Fault[] };

export function parseOrderRequest(body: unknown): ParsedOrderRequest {
  const parsed = orderRequestSchema.safeParse(body, { error: plainWords });
  const money = readMoney(body);
  const faults = [...(parsed.error?.issues.flatMap(toFaults) ?? []), ...money.faults, ...findLostKeys(body)];
  if (!parsed.success || faults.length > 0) return { kind: 'faults', faults: faults.slice(0, faultsMax) };
  const { data } = parsed;
  const items = data.items.map((entry, index) => ({
    sku: entry.sku ?? null,
    name: entry.name,
    quantity: entry.quantity,
    unitAmountMinor: money.unitAmounts[index] ?? 0,
  }));
  const request: OrderRequest = {
    items,
    currency: data.currency,
    amountMinor: money.total,
    customerEmail: data.customer?.email ?? null,
    customerName: data.customer?.name ?? null,
    provider: data.provider ?? 'auto',
    redirectUrl: data.redirect_url ?? null,
    metadata: data.metadata ?? {},
    reference: data.reference ?? null,
  };
  return { kind: 'request', request };
}

const moneyParts = z.object({
  currency: z.string().refine(isCurrency),
  items: z.array(z.unknown()).max(itemsMax),
});
const moneyItem = z.object({ unit_amount: amount, quantity: z.int().min(1).max(quantityMax) });

/** Amounts can only be read together with their currency, also when other fields are wrong; the sum is made of integers. */
function readMoney(body: unknown): { unitAmounts: number[]; total: number; faults: Fault[] } {
  const parts = moneyParts.safeParse(body);
  const unitAmounts: number[] = [];
  const faults: Fault[] = [];
  let total = 0n;
  for (const [index, raw] of parts.data?.items.entries() ?? []) {
    const entry = moneyItem.safeParse(raw);
    if (!entry.success || !parts.success) continue;
    try {
      const { amountMinor } = parseMoney(entry.data.unit_amount, parts.data.currency);
      unitAmounts[index] = amountMinor;
      total += BigInt(amountMinor) * BigInt(entry.data.quantity);
    } catch (error) {
      if (!(error instanceof MoneyInvalid)) throw error;
      faults.push({ pointer: `/items/${index}/unit_amount`, detail: error.message });
    }
  }
  const isWhole = parts.success && unitAmounts.length === parts.data.items.length && faults.length === 0;
  if (isWhole && total === 0n && unitAmounts.length > 0) {
    faults.push({ pointer: '/items', detail: 'the total must be more than nothing' });
  }
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) faults.push({ pointer: '/items', detail: 'the total is too large' });
  return { unitAmounts, total: Number(total), faults };
}

/** The parser leaves this one key out without a word, to keep prototypes safe. */
function findLostKeys(body: unknown): Fault[] {
  const metadataOf = z.object({ metadata: z.custom<object>((value) => typeof value === 'object' && value !== null) });
  const parsed = metadataOf.safeParse(body);
  if (!parsed.success || !Object.hasOwn(parsed.data.metadata, '__proto__')) return [];
  return [{ pointer: '/metadata/__proto__', detail: 'is not a name that metadata may have' }];
}
