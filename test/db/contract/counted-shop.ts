import fc from 'fast-check';
import { expect } from 'vitest';
import { type DayBounds, daysUpTo } from '#accounting/daily-sums/calendar-days.ts';
import { createCountDays } from '#accounting/daily-sums/count-days.ts';
import { readDays, sumUpDay } from '#accounting/daily-sums/read-days.ts';
import { recountDays } from '#accounting/daily-sums/recount-days.ts';
import type { DaySums } from '#accounting/ledger/daily-sums-store.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { dayOf } from '#kernel/calendar.ts';
import { day, hour } from '#kernel/clock.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { plainDecimal } from '#kernel/money.ts';
import { type OrderStatus, orderStatuses } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';
import { noon, sampleOrder, samplePayment } from './samples.ts';

const zones = ['UTC', 'Asia/Kathmandu', 'America/New_York'] as const;
const signal = new AbortController().signal;

export type Step =
  | { kind: 'make'; hours: number; minor: number }
  | { kind: 'change'; which: number; status: OrderStatus }
  | { kind: 'figures'; which: number; fee: number | null; asset: string }
  | { kind: 'further'; which: number; fee: number; standing: 'further' | 'booked' }
  | { kind: 'count' | 'wait' }
  | { kind: 'move'; timeZone: string };

const which = fc.nat(20);
const kind = <Kind extends Step['kind']>(name: Kind) => fc.constant<Kind>(name);

/** What happens to a shop of a few orders. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('make'), hours: fc.nat(80), minor: fc.nat(900) }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('change'), which, status: fc.constantFrom(...orderStatuses) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: kind('figures'), which, fee: fc.option(fc.nat(99)), asset: fc.constantFrom('USD', 'BTC') },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ kind: kind('further'), which, fee: fc.nat(99) },
      standing: fc.constantFrom('further' as const, 'booked' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('count') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('move'), timeZone: fc.constantFrom(...zones) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('wait') }) },
);

function figuresOf(fee: number | null, asset: string): Partial<Payment> {
  if (fee === null) return { feeAmount: null, netAmount: null, figuresAsset: null };
  return { feeAmount: `0.${fee}`, netAmount: `${fee}.5`, figuresAsset: asset };
}

export function createShop(database: OpenDatabase) {
  const clock = createTestClock(noon);
  let made = 0;
  let timeZone: string = 'UTC';
  let count = createCountDays({ database, clock }, { timeZone });
  const chosen = (index: number): number => 1 + (index % Math.max(made, 1));

  async function make(hours: number, amountMinor: number): Promise<void> {
    made += 1;
    const change = { createdAt: noon - hours * hour, currency: made % 3 === 0 ? 'EUR' : 'USD', amountMinor };
    const order = sampleOrder(made, change);
    await database.transaction(async ({ orders, payments }) => {
      await orders.insertOrder(order);
      await payments.insertPayment(samplePayment(order, made % 4 === 0 ? figuresOf(7, 'USD') : {}));
    });
  }

  async function changeOrder(index: number, status: OrderStatus): Promise<void> {
    await database.transaction(async ({ orders }) => {
      const order = await orders.findOrder(asOrderId(`order-${chosen(index)}`));
      if (order !== undefined) await orders.changeOrder(order, { status, updatedAt: noon });
    });
  }

  async function changeFees(taken: Extract<Step, { kind: 'figures' | 'further' }>): Promise<void> {
    const number = chosen(taken.which);
    await database.transaction(async ({ payments, fees }) => {
      const payment = await payments.findPayment(asPaymentId(`payment-of-order-${number}`));
      if (payment === undefined) return;
      if (taken.kind === 'figures') {
        await payments.changePayment(payment, { ...figuresOf(taken.fee, taken.asset), updatedAt: noon });
        return;
      }
      const of = { provider: 'btcpay', reference: asProviderReference(`r-${number}`), asset: 'SATS' } as const;
      const amounts = { fee: String(taken.fee), net: '1', standing: taken.standing, at: noon, readAt: noon };
      await fees.saveFee({ ...of, ...amounts, paymentId: payment.id });
    });
  }

  return {
    async take(taken: Step): Promise<void> {
      if (taken.kind === 'make') await make(taken.hours, taken.minor);
      else if (taken.kind === 'change') await changeOrder(taken.which, taken.status);
      else if (taken.kind === 'move') {
        timeZone = taken.timeZone;
        count = createCountDays({ database, clock }, { timeZone });
      } else if (taken.kind === 'figures' || taken.kind === 'further') await changeFees(taken);
      else if (taken.kind === 'count') await count(signal);
      else clock.advance(day);
    },
    days: () => daysUpTo(dayOf(clock.now(), timeZone), { count: 5, timeZone }),
    today(): DayBounds {
      const [today] = daysUpTo(dayOf(clock.now(), timeZone), { count: 1, timeZone });
      if (today === undefined) throw new Error('there is no today');
      return today;
    },
  };
}

/** Sums of fees may differ in trailing zeros. */
function plain({ fees, ...rest }: DaySums) {
  return { ...rest, fees: fees.map((one) => ({ ...one, fee: plainDecimal(one.fee), net: plainDecimal(one.net) })) };
}

export async function expectRight(database: OpenDatabase, days: readonly DayBounds[]): Promise<void> {
  const slow: DaySums[] = [];
  for (const each of days) slow.push(await sumUpDay({ database }, each));
  expect((await readDays({ database }, days)).map(plain)).toEqual(slow.map(plain));
}

export const wrongDays = async (database: OpenDatabase) => {
  const log = createRecordingLog();
  const { wrong } = await recountDays({ database, log }, { signal });
  return { wrong, logged: log.events.map(({ message }) => message) };
};
