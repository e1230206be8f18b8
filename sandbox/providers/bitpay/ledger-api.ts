import type { Context, Hono } from 'hono';
import { type BitPayLedgers, entryData, moneyNumber } from './ledger.ts';
import { parseDays, parsePage } from './requests.ts';
import type { BitPaySettlements } from './settlements.ts';

// BitPay: Ledgers and Settlements; merchant facade.

export interface LedgerRoutes {
  readonly ledgers: BitPayLedgers;
  readonly settlements: BitPaySettlements;
  /** Throws unless the call is signed by the merchant; a token of the resource stands in for his own. */
  readonly merchant: (context: Context, resourceToken?: string) => Promise<unknown>;
  readonly answer: (context: Context, body: object) => Response;
}

export function addLedgerRoutes(api: Hono, { ledgers, settlements, merchant, answer }: LedgerRoutes): void {
  api.get('/ledgers', async (context) => {
    await merchant(context);
    const data = ledgers.currencies().map((currency) => {
      return { currency, balance: moneyNumber(ledgers.balance(currency), currency) };
    });
    return answer(context, { data });
  });
  api.get('/ledgers/:currency', async (context) => {
    await merchant(context);
    const currency = context.req.param('currency');
    const days = parseDays(queryOf(context), { start: 'startDate', end: 'endDate' });
    const isKnown = ledgers.currencies().includes(currency);
    const entries = isKnown ? ledgers.entries(currency) : [];
    const shown = entries.filter(({ atMs }) => atMs >= days.fromMs && atMs < days.untilMs);
    // A bare list, as in the sample.
    return answer(
      context,
      shown.map((entry) => entryData(entry, currency)),
    );
  });
  api.get('/settlements', async (context) => {
    await merchant(context);
    const query = queryOf(context);
    const days = parseDays(query, { start: 'dateStart', end: 'dateEnd' });
    const { limit, offset } = parsePage(query);
    const currency = query.get('currency');
    const found = settlements
      .all()
      .filter((it) => it.createdAtMs >= days.fromMs && it.createdAtMs < days.untilMs)
      .filter((it) => currency === null || it.currency === currency);
    const data = found.slice(offset, offset + limit).map((settlement) => settlements.data(settlement));
    return answer(context, { facade: 'merchant/settlement', data });
  });
  api.get('/settlements/:id', async (context) => {
    await merchant(context);
    return answer(context, { data: settlements.data(settlements.get(context.req.param('id'))) });
  });
  api.get('/settlements/:id/reconciliationReport', async (context) => {
    const settlement = settlements.get(context.req.param('id'));
    await merchant(context, settlement.token);
    return answer(context, { data: settlements.report(settlement) });
  });
}

function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}
