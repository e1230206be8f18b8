import { describe, expect, test } from 'vitest';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { paymentStatuses } from '#payments/model/payment.ts';
import { nextPollAt } from '#payments/model/poll-schedule.ts';
import { aPayment } from '#test/support/builders/payment.ts';

const open = aPayment({ createdAt: 0, expiresAt: 30 * day });

describe('an open payment is polled', () => {
  test.each([
    ['every five seconds while it is young', minute, 5 * second],
    ['every twenty seconds in its first quarter of an hour', 10 * minute, 20 * second],
    ['every two minutes in its first hours', hour, 2 * minute],
    ['every quarter of an hour on its first day', 5 * hour, 15 * minute],
    ['every hour in its first week', 3 * day, hour],
  ])('%s', (_name, age, wait) => {
    expect(nextPollAt(open, age)).toBe(age + wait);
  });

  test('a moment after its time is over, whatever its age', () => {
    const expiresAt = 2 * hour + minute;
    expect(nextPollAt({ ...open, expiresAt }, 2 * hour)).toBe(expiresAt + 3 * second);
  });

  test('no more after a week: then reconciliation finds changes', () => {
    expect(nextPollAt(open, 7 * day)).toBeNull();
  });
});

test('only an open payment is polled', () => {
  const polled = paymentStatuses.filter((status) => nextPollAt({ ...open, status }, minute) !== null);
  expect(polled).toEqual(['created', 'pending']);
});
