import type { ClosingContent, ProviderLedger, Tally } from '#accounting/ledger/closing.ts';
import type { ClosedDay } from '#accounting/ledger/read-ledger.ts';
import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { at } from './values.ts';

export function asDay(text: string): CalendarDay {
  const day = readCalendarDay(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
}

export const sum = (count: number, amount: string) => ({ count, amount });

export function aTally(change: Partial<Tally> = {}): Tally {
  return { paid: sum(0, '0'), odd: sum(0, '0'), unpaid: sum(0, '0'), open: sum(0, '0'), ...change };
}

export function aBook(provider: string, change: Partial<ProviderLedger> = {}): ProviderLedger {
  return {
    provider,
    unknownWhy: null,
    isGivenUp: false,
    payments: [],
    received: [],
    notMade: 0,
    figures: [],
    withoutFigures: null,
    refunds: [],
    refundsUnknownWhy: null,
    settlements: [],
    ...change,
  };
}

export function aContent(change: Partial<ClosingContent> = {}): ClosingContent {
  return {
    format: 1,
    number: 12,
    day: '2026-11-21',
    timeZone: 'Europe/Berlin',
    closedAt: '',
    from: '',
    to: '',
    providers: [],
    interventions: [],
    exceptions: [],
    explained: 0,
    unexplained: { count: 0, list: [] },
    corrections: { count: 0, list: [], paidChanges: [] },
    entries: { count: 0, hash: '' },
    notes: [],
    ...change,
  };
}

/** A Saturday that was closed at four in the morning. */
export function aClosedDay(change: Partial<ClosingContent> = {}, day = '2026-11-21'): ClosedDay {
  const hash = '3f9a1c0b77de'.padEnd(64, '0');
  return {
    day: asDay(day),
    content: aContent({ day, ...change }),
    closing: {
      number: 12,
      day: asDay(day),
      timeZone: 'Europe/Berlin',
      closedAt: at,
      endsAt: at,
      content: '',
      hash,
      previousHash: '',
    },
  };
}

/** A day on which everything happened. */
export function aFullDay(): ClosedDay {
  const difference = { provider: 'bitpay', kind: 'missing_here', paymentId: null, order: null, here: 'unknown' };
  return aClosedDay({
    providers: [
      aBook('bitpay', {
        payments: [
          {
            asset: 'USD',
            here: aTally({ paid: sum(2, '98.00'), unpaid: sum(1, '49.00') }),
            there: aTally({ paid: sum(3, '175.00'), unpaid: sum(1, '49.00') }),
          },
        ],
        received: [{ asset: 'BTC', amount: '0.00152' }],
        figures: [{ asset: 'USD', count: 1, fee: '0.49', net: '48.51' }],
        withoutFigures: 1,
        settlements: [{ currency: 'EUR', count: 1, amount: '44.10' }],
      }),
      aBook('btcpay', {
        unknownWhy: 'BTCPay did not answer: timeout (4200) <b>',
        payments: [{ asset: 'USD', here: aTally({ paid: sum(1, '49.00'), odd: sum(1, '49.00') }), there: null }],
        notMade: 2,
        refunds: [{ currency: 'USD', here: sum(1, '20.00'), there: null }],
      }),
      aBook('coinbase', {
        payments: [
          { asset: 'USDC', here: aTally({ paid: sum(1, '49.00') }), there: aTally({ paid: sum(1, '49.00') }) },
        ],
        received: [{ asset: 'USDC', amount: '49.00' }],
        figures: [{ asset: 'USDC', count: 1, fee: '0.61', net: '48.39' }],
        withoutFigures: 0,
        refunds: [{ currency: 'USD', here: sum(2, '30.00'), there: sum(1, '20.00') }],
      }),
    ],
    unexplained: { count: 1, list: [{ ...difference, reference: 'TWtW7hHcV8', there: 'complete, 77.00 USD' }] },
    corrections: {
      count: 1,
      list: [
        {
          day: '2026-11-20',
          provider: 'btcpay',
          paymentId: 'p',
          reference: 'r',
          order: 'T-1003',
          changes: [
            { field: 'status', was: 'expired', is: 'paid_late' },
            { field: 'counts as', was: 'unpaid', is: 'odd' },
          ],
        },
      ],
      paidChanges: [{ provider: 'btcpay', asset: 'USD', count: -1, amount: '-49.00' }],
    },
    exceptions: [
      { kind: 'payment_underpaid', provider: 'btcpay', count: 2 },
      { kind: 'payment_underpaid', provider: 'bitpay', count: 1 },
      { kind: 'refund_unknown', provider: 'btcpay', count: 1 },
    ],
    interventions: [{ action: 'exception.write_off', count: 2 }],
    notes: ['Closed after 4 tries. BTCPay did not answer: timeout (4200)'],
  });
}
