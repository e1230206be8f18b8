// BitPay: Settlements. Their amounts are plain decimals, without a scale.
import { z } from 'zod';
import { asProviderReference, type ProviderReference } from '#kernel/ids.ts';
import type { ProviderSettlement } from '../../ports/fees-provider.ts';
import { ProviderNotUnderstood, ProviderRejected } from '../../ports/provider-errors.ts';
import { decimalText, idText, lenient, rfc3339, withCurrencyPlaces } from '../kit/body-fields.ts';
import { entriesOf, isUnreadEntry, notUnderstood, type UnreadEntry, understood } from '../kit/list-entries.ts';
import { offsetPages } from '../kit/paging.ts';
import { type BitpayClient, dayOf } from './client.ts';
import { listLedgerCurrencies, type Window, widened } from './ledger.ts';

const pageSize = 100;

const settlementSchema = z.object({
  id: idText,
  currency: z.string(),
  status: z.string().max(64),
  totalAmount: decimalText,
  dateCreated: lenient(rfc3339),
  dateExecuted: lenient(rfc3339),
  openingDate: lenient(rfc3339),
  closingDate: lenient(rfc3339),
  /** Opens the reconciliation report of this settlement, in place of our own token. */
  token: lenient(z.string().max(256)),
});
type Settlement = z.infer<typeof settlementSchema>;
const identity = z
  .object({ id: lenient(idText), dateCreated: lenient(rfc3339) })
  .transform(({ id, dateCreated }) => ({ reference: id, paymentId: null, createdAt: dateCreated }));
export const settlementsAnswerSchema = z.object({ data: entriesOf(settlementSchema, identity) });

const lineSchema = z.object({ invoiceId: idText.nullish() });
export const reportAnswerSchema = z.object({ data: z.object({ ledgerEntries: z.array(lineSchema).nullish() }) });
export type Report = z.infer<typeof reportAnswerSchema>;

export async function* listSettlements(
  client: BitpayClient,
  window: Window,
  signal?: AbortSignal,
): AsyncGenerator<ProviderSettlement[]> {
  let unread: UnreadEntry | undefined;
  for (const currency of await listLedgerCurrencies(client, signal)) {
    for await (const entries of settlementPages(client, { currency, window, signal })) {
      const page: ProviderSettlement[] = [];
      for (const settlement of understood(entries)) {
        page.push(toProviderSettlement(settlement, await readReport(client, { settlement, signal })));
      }
      yield page;
      unread ??= entries.find(isUnreadEntry);
    }
  }
  if (unread !== undefined) throw notUnderstood('bitpay', { operation: 'list_settlements', entry: unread });
}

async function* settlementPages(
  client: BitpayClient,
  about: { currency: string; window: Window; signal: AbortSignal | undefined },
): AsyncGenerator<(Settlement | UnreadEntry)[]> {
  const { currency, window, signal } = about;
  const { from, to } = widened(window);
  const dates = { currency, dateStart: dayOf(from), dateEnd: dayOf(to), limit: String(pageSize) };
  const pages = offsetPages({ provider: 'bitpay', pageSize }, async (offset) => {
    const query = { ...dates, offset: String(offset) };
    const request = { operation: 'list_settlements', path: '/settlements', query, signal };
    return (await client.get({ ...request, schema: settlementsAnswerSchema })).data;
  });
  for await (const entries of pages) {
    yield entries.filter((entry) => {
      const madeAt = isUnreadEntry(entry) ? entry.createdAt : entry.dateCreated;
      const isInWindow = !madeAt || (madeAt >= window.from && madeAt < window.to);
      return isInWindow && (isUnreadEntry(entry) || entry.currency === currency);
    });
  }
}

/** Undefined where BitPay does not give one: the sum stands without it. */
async function readReport(client: BitpayClient, about: { settlement: Settlement; signal: AbortSignal | undefined }) {
  const { id, token } = about.settlement;
  if (!token) return undefined;
  const path = `/settlements/${encodeURIComponent(id)}/reconciliationReport`;
  const request = { operation: 'read_settlement', path, token, signal: about.signal };
  try {
    return await client.get({ ...request, schema: reportAnswerSchema });
  } catch (error) {
    if (error instanceof ProviderRejected || error instanceof ProviderNotUnderstood) return undefined;
    throw error;
  }
}

export function toProviderSettlement(settlement: Settlement, report: Report | undefined): ProviderSettlement {
  const { currency, status } = settlement;
  return {
    id: settlement.id,
    currency,
    amount: withCurrencyPlaces(settlement.totalAmount, currency),
    status,
    from: settlement.openingDate ?? null,
    to: settlement.closingDate ?? null,
    // The date of execution is there while it is still being processed, and may lie ahead.
    at: status === 'completed' ? (settlement.dateExecuted ?? null) : null,
    references: referencesOf(report),
  };
}

function referencesOf(report: Report | undefined): ProviderReference[] | null {
  const lines = report?.data.ledgerEntries;
  if (!lines) return null;
  const ids = lines.flatMap(({ invoiceId }) => (invoiceId ? [invoiceId] : []));
  return [...new Set(ids)].map(asProviderReference);
}
