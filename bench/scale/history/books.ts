// The books, closed day by day as the product closes them: the same content, the same chain.

import { closeDay, type ProviderDay } from '#accounting/daily-close/close-day.ts';
import { bookPayment } from '#accounting/ledger/booked-payment.ts';
import { chainStart, contentText, createEntriesHash, entryText, hashLink } from '#accounting/ledger/chain.ts';
import type { LedgerPayment } from '#accounting/ledger/closing.ts';
import { closeAfterMs } from '#accounting/ledger/due-day.ts';
import { compareTexts, groupOf } from '#accounting/ledger/tally.ts';
import { dayOf } from '#kernel/calendar.ts';
import { day as dayMs, type Milliseconds } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import { beganAt, daysClosed } from './period.ts';
import type { Write } from './rows.ts';
import type { ToldStory } from './stories.ts';

interface Made {
  payment: Payment;
  orderNumber: number;
}

interface Day {
  made: Made[];
  /** Refunds that succeeded on the day, with what they are of. */
  refunded: { refund: Refund; of: Made }[];
}

const timeZone = 'UTC';
const dayIndex = (at: Milliseconds): number => Math.floor((at - beganAt) / dayMs);

export interface Books {
  note(story: ToldStory): void;
  /** Closes every day whose orders have all been told: those that ended before this moment. */
  closeUntil(at: Milliseconds): void;
}

export function createBooks(write: Write): Books {
  const days = new Map<number, Day>();
  let next = 0;
  let previousHash = chainStart;

  function dayWith(at: Milliseconds): Day {
    const index = dayIndex(at);
    const known = days.get(index) ?? { made: [], refunded: [] };
    days.set(index, known);
    return known;
  }

  function close(index: number): void {
    const from = beganAt + index * dayMs;
    const to = from + dayMs;
    const closedAt = to + closeAfterMs;
    const day = dayOf(from, timeZone);
    const { made, refunded } = days.get(index) ?? { made: [], refunded: [] };
    days.delete(index);
    const changed = refunded
      .filter(({ of }) => dayIndex(of.payment.createdAt) < index)
      .map(({ refund, of }) => ({ was: book(of, 0), is: book(of, refund.amountMinor) }));
    const refundOf = new Map(refunded.map(({ refund }) => [refund.paymentId, refund.amountMinor]));
    const booked = [
      ...made.map((one) => book(one, refundOf.get(one.payment.id) ?? 0)),
      ...changed.map(({ is }) => is),
    ].sort((left, right) => compareTexts(left.paymentId, right.paymentId));
    const hash = createEntriesHash();
    const entries = booked.map((one) => ({
      number: index + 1,
      paymentId: one.paymentId,
      day: one.day,
      content: entryText(one),
    }));
    for (const { content } of entries) hash.add(content);
    const content = contentText(
      closeDay({
        number: index + 1,
        day,
        timeZone,
        from,
        to,
        closedAt,
        ledgerBeganOn: dayOf(beganAt, timeZone),
        providers: providerNames.map((provider) => providerDay(provider, { made, refunded })),
        differences: [],
        changed,
        interventions: refunded.length === 0 ? [] : [{ action: 'refund.request', count: refunded.length }],
        exceptions: [],
        entries: hash.end(),
        notes: index === 0 ? ['The ledger begins with this day.'] : [],
      }),
    );
    const link = { previousHash, content };
    const chained = { ...link, hash: hashLink(link) };
    write('ledgerClosings', { number: index + 1, day, timeZone, closedAt, endsAt: to, ...chained, draft: null });
    for (const entry of entries) write('ledgerEntries', entry);
    previousHash = chained.hash;
  }

  return {
    note({ order, payments, refunds }) {
      const made = payments.map((payment) => ({ payment, orderNumber: order.number }));
      for (const one of made) dayWith(one.payment.createdAt).made.push(one);
      for (const refund of refunds) {
        const of = made.find(({ payment }) => payment.id === refund.paymentId);
        if (of !== undefined && refund.settledAt !== null) dayWith(refund.settledAt).refunded.push({ refund, of });
      }
    },
    closeUntil(at) {
      for (; next < Math.min(dayIndex(at), daysClosed); next += 1) close(next);
    },
  };
}

function book({ payment, orderNumber }: Made, refundedMinor: number): LedgerPayment {
  return bookPayment({ payment, orderNumber, day: dayOf(payment.createdAt, timeZone), refundedMinor });
}

/** The provider says the same as we do. */
function providerDay(provider: ProviderName, { made, refunded }: Day): ProviderDay {
  const payments = made.map(({ payment }) => payment).filter((payment) => payment.provider === provider);
  const refunds = refunded.map(({ refund }) => refund).filter((refund) => refund.provider === provider);
  const there = payments.flatMap((payment) => {
    const group = groupOf(payment);
    return group === 'not_made' ? [] : [{ asset: payment.requestedAsset, amount: payment.requestedAmount, group }];
  });
  return {
    provider,
    payments,
    there: { kind: 'known', value: there },
    isGivenUp: false,
    refunds,
    refundsThere: { kind: 'known', value: new Set(refunds.map(({ id }) => id)) },
    tellsFees: provider === 'bitpay',
    furtherFees: [],
    settlements: [],
  };
}
