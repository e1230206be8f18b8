import { day, type Milliseconds } from '#kernel/clock.ts';
import type { FeesProvider, ProviderSettlement } from '../../ports/fees-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { collectedPages, pagesMax } from '../kit/paging.ts';
import { dayOf } from './client.ts';
import { entriesAnswerSchema, type LedgerEntry, ledgersAnswerSchema, toFigures } from './ledger.ts';
import type { BitpayMerchantClient } from './merchant-client.ts';
import { reportAnswerSchema, type Settlement, settlementsAnswerSchema, toProviderSettlement } from './settlement.ts';

// BitPay: Ledgers and Settlements. A ledger has no pages, so that it is asked for in stretches of days, few enough that
// an answer of a busy shop stays within what is read of one: an entry is about 600 bytes.

const stretchMs = 7 * day;
const pageLimit = 100;
/** More ledgers than a shop can have: one for each currency that it is paid out in. */
const ledgersMax = 30;

interface Window {
  from: Milliseconds;
  to: Milliseconds;
}

export function createBitpayFigures(signed: BitpayMerchantClient): FeesProvider {
  async function listCurrencies(signal?: AbortSignal): Promise<string[]> {
    const request = { operation: 'list_ledgers', method: 'GET', path: '/ledgers', signal } as const;
    const { data } = await signed.call({ ...request, schema: ledgersAnswerSchema });
    return [...new Set(data.map(({ currency }) => currency))].slice(0, ledgersMax);
  }

  async function collectEntries(currency: string, about: { window: Window; signal: AbortSignal | undefined }) {
    const { window, signal } = about;
    const found: LedgerEntry[] = [];
    const stretches = collectedPages({ provider: 'bitpay', pagesMax }, async (begin: Milliseconds = window.from) => {
      const end = Math.min(begin + stretchMs, window.to);
      const query = { startDate: dayOf(begin), endDate: dayOf(end) };
      const request = { operation: 'list_ledger', method: 'GET', path: `/ledgers/${currency}`, query, signal } as const;
      const items = await signed.call({ ...request, schema: entriesAnswerSchema });
      return { items, next: end < window.to ? end : undefined };
    });
    for await (const entries of stretches) found.push(...entries);
    return found;
  }

  return {
    async *listFees({ from, to }, signal) {
      for (const currency of await listCurrencies(signal)) {
        const entries = await collectEntries(currency, { window: widened({ from, to }), signal });
        yield toFigures(entries, currency).filter(({ at }) => at >= from && at < to);
      }
    },
    async *listSettlements(window, signal) {
      for (const currency of await listCurrencies(signal)) {
        for await (const settlements of settlementPages(signed, { currency, window, signal })) {
          const page: ProviderSettlement[] = [];
          for (const settlement of settlements) {
            page.push(toProviderSettlement(settlement, await readReport(signed, { settlement, signal })));
          }
          yield page;
        }
      }
    },
  };
}

/** Days are of a time zone that is not documented: a day more on both sides, and the rest is sorted out. */
function widened({ from, to }: Window): Window {
  return { from: from - day, to: to + day };
}

async function* settlementPages(
  signed: BitpayMerchantClient,
  about: { currency: string; window: Window; signal: AbortSignal | undefined },
): AsyncGenerator<Settlement[]> {
  const { currency, window, signal } = about;
  const { from, to } = widened(window);
  const dates = { currency, dateStart: dayOf(from), dateEnd: dayOf(to), limit: String(pageLimit) };
  const seen = new Set<string>();
  const pages = collectedPages({ provider: 'bitpay', pagesMax }, async (offset: number = 0) => {
    const query = { ...dates, offset: String(offset) };
    const request = { operation: 'list_settlements', method: 'GET', path: '/settlements', query, signal } as const;
    const { data } = await signed.call({ ...request, schema: settlementsAnswerSchema });
    return { items: data, next: data.length < pageLimit ? undefined : offset + pageLimit };
  });
  for await (const settlements of pages) {
    yield settlements.filter(({ id, currency: its, dateCreated }) => {
      // Pages go by offset, so that a settlement made meanwhile pushes another one onto the next page.
      const isNew = !seen.has(id);
      seen.add(id);
      const isInWindow = !dateCreated || (dateCreated >= window.from && dateCreated < window.to);
      return isNew && its === currency && isInWindow;
    });
  }
}

/** Undefined where BitPay does not give one: the sum stands without it. */
async function readReport(
  signed: BitpayMerchantClient,
  about: { settlement: Settlement; signal: AbortSignal | undefined },
) {
  const { id, token } = about.settlement;
  if (!token) return undefined;
  const path = `/settlements/${encodeURIComponent(id)}/reconciliationReport`;
  const request = { operation: 'read_settlement', method: 'GET', path, token, signal: about.signal } as const;
  try {
    return await signed.call({ ...request, schema: reportAnswerSchema });
  } catch (error) {
    if (error instanceof ProviderRejected) return undefined;
    throw error;
  }
}
