// BitPay: Ledgers. An amount is an integer with its scale beside it, in the currency of the ledger, which is the one that the
// shop is paid out in and need not be that of the invoice. A ledger has no pages, so that it is asked for in stretches of
// days, few enough that an answer of a busy shop stays within what is read of one: an entry is about 600 bytes.
import { z } from 'zod';
import { day, type Milliseconds } from '#kernel/clock.ts';
import { asProviderReference, type ProviderReference } from '#kernel/ids.ts';
import { addDecimals, plainDecimal, subtractDecimals } from '#kernel/money.ts';
import type { PaymentFees } from '../../ports/fees-provider.ts';
import type { ListedRefund } from '../../ports/refund-provider.ts';
import { decimalText, idText, lenient, rfc3339, withCurrencyPlaces } from '../kit/body-fields.ts';
import { entriesOf, isUnreadEntry, notUnderstood, type UnreadEntry, understood } from '../kit/list-entries.ts';
import { collectedPages } from '../kit/paging.ts';
import { type BitpayClient, dayOf } from './client.ts';

const stretchMs = 7 * day;
/** More ledgers than a shop can have: one for each currency that it is paid out in. */
const ledgersMax = 30;

export interface Window {
  from: Milliseconds;
  to: Milliseconds;
}

const saleCode = '1000';
const refundCode = '1020';
const feeCode = '1023';

const entrySchema = z.object({
  id: z.string().nullish(),
  code: z.string(),
  amount: decimalText,
  scale: decimalText.refine((text) => /^10*$/.test(text)).nullish(),
  timestamp: rfc3339,
  invoiceId: idText.nullish(),
});
export type LedgerEntry = z.infer<typeof entrySchema>;

const entriesSchema = entriesOf(entrySchema);
type ReadEntry = LedgerEntry | UnreadEntry;
/** The sample is a bare list; all other answers stand under `data`. */
export const entriesAnswerSchema = z.union([
  entriesSchema,
  z.object({ data: entriesSchema }).transform((it) => it.data),
]);

const currencyText = z.string().regex(/^[A-Z0-9]{2,10}$/);
export const ledgersAnswerSchema = z.object({ data: entriesOf(z.object({ currency: currencyText })) });

export async function listLedgerCurrencies(client: BitpayClient, signal?: AbortSignal): Promise<string[]> {
  const request = { operation: 'list_ledgers', path: '/ledgers', signal };
  const { data } = await client.get({ ...request, schema: ledgersAnswerSchema });
  return [...new Set(understood(data).map(({ currency }) => currency))].slice(0, ledgersMax);
}

/** Days are of a time zone that is not documented: a day more on both sides, and the rest is sorted out. */
export function widened({ from, to }: Window): Window {
  return { from: from - day, to: to + day };
}

export async function* listFees(
  client: BitpayClient,
  { from, to }: Window,
  signal?: AbortSignal,
): AsyncGenerator<PaymentFees[]> {
  const unread: UnreadEntry[] = [];
  for (const currency of await listLedgerCurrencies(client, signal)) {
    const entries = await collectEntries(client, { currency, window: widened({ from, to }), signal });
    const odd = entries.filter(isUnreadEntry).filter(isOfInvoice);
    // What an invoice brought is known when all of its entries are.
    const isWhole = ({ reference }: PaymentFees): boolean => !odd.some((entry) => invoiceOf(entry) === reference);
    yield toFigures(understood(entries), currency).filter((fees) => fees.at >= from && fees.at < to && isWhole(fees));
    unread.push(...odd);
  }
  const [first] = unread;
  if (first !== undefined) throw notUnderstood('bitpay', { operation: 'list_ledger', entry: first });
}

/** The ledger does not say which refund it was. */
export async function listLedgerRefunds(
  client: BitpayClient,
  { from, to }: Window,
  signal?: AbortSignal,
): Promise<ListedRefund[]> {
  const found: ListedRefund[] = [];
  for (const currency of await listLedgerCurrencies(client, signal)) {
    const entries = await collectEntries(client, { currency, window: widened({ from, to }), signal });
    for (const { code, invoiceId, timestamp } of withoutRepeats(understood(entries))) {
      if (code !== refundCode || !invoiceId || timestamp < from || timestamp >= to) continue;
      found.push({ paymentReference: asProviderReference(invoiceId), reference: null });
    }
  }
  return found;
}

const invoiceSchema = z.object({ invoiceId: lenient(idText) });
const otherSchema = z.object({ code: z.string(), invoiceId: idText.nullish() });

function invoiceOf({ body }: UnreadEntry): string | null {
  return invoiceSchema.safeParse(body).data?.invoiceId ?? null;
}

/** Whether it may be the sale or the fee of an invoice: refunds, payouts and the like are not read anyway. */
function isOfInvoice({ body }: UnreadEntry): boolean {
  const read = otherSchema.safeParse(body).data;
  return read === undefined || (Boolean(read.invoiceId) && (read.code === saleCode || read.code === feeCode));
}

async function collectEntries(
  client: BitpayClient,
  about: { currency: string; window: Window; signal: AbortSignal | undefined },
): Promise<ReadEntry[]> {
  const { currency, window, signal } = about;
  const found: ReadEntry[] = [];
  const stretches = collectedPages({ provider: 'bitpay' }, async (begin: Milliseconds = window.from) => {
    const end = Math.min(begin + stretchMs, window.to);
    const query = { startDate: dayOf(begin), endDate: dayOf(end) };
    const request = { operation: 'list_ledger', path: `/ledgers/${currency}`, query, signal };
    const items = await client.get({ ...request, schema: entriesAnswerSchema });
    return { items, next: end < window.to ? end : undefined };
  });
  for await (const entries of stretches) found.push(...entries);
  return found;
}

/** What each invoice brought: its sale less its fee. Refunds and payouts have lives of their own and are not counted. */
export function toFigures(entries: readonly LedgerEntry[], currency: string): PaymentFees[] {
  const sums = new Map<ProviderReference, { sale: string; fee: string; at: Milliseconds | null }>();
  for (const entry of withoutRepeats(entries)) {
    const { code, invoiceId, timestamp } = entry;
    if (!invoiceId || (code !== saleCode && code !== feeCode)) continue;
    const reference = asProviderReference(invoiceId);
    const { sale, fee, at } = sums.get(reference) ?? { sale: '0', fee: '0', at: null };
    // What was kept stands in the ledger with a minus.
    const now = code === feeCode ? { sale, fee: subtractDecimals(fee, decimalOf(entry)), at } : undefined;
    sums.set(reference, now ?? { sale: addDecimals(sale, decimalOf(entry)), fee, at: at ?? timestamp });
  }
  return [...sums].flatMap(([reference, { sale, fee, at }]) => {
    // A fee alone belongs to a sale of another time, and says nothing about what this one brought.
    if (at === null) return [];
    const net = withCurrencyPlaces(subtractDecimals(sale, fee), currency);
    return [{ reference, fee: withCurrencyPlaces(fee, currency), net, asset: currency, at }];
  });
}

/** `823000000` of scale `100000000` is `8.23`. */
function decimalOf({ amount, scale }: LedgerEntry): string {
  return plainDecimal(scale ? `${amount}e-${scale.length - 1}` : amount);
}

/** Windows go by days and overlap, so that an entry may come twice. */
function withoutRepeats(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ id, code, invoiceId, timestamp, amount }) => {
    const key = id ?? [code, invoiceId, timestamp, amount].join(':');
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
