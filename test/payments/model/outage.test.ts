import { describe, expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { outageDuration } from '#payments/model/outage.ts';

const beganAt = Date.UTC(2026, 10, 22, 23);
const now = beganAt + 8 * hour;
const outage = { beganAt, askedAt: now - 10 * second, retiredAt: null, answeredAt: null };

describe('an outage has lasted', () => {
  test('until the provider answered, or until now, in minutes and at least one', () => {
    expect(outageDuration(outage, now)).toBe('480 minutes');
    expect(outageDuration({ ...outage, answeredAt: now }, now + hour)).toBe('480 minutes');
    expect(outageDuration({ ...outage, beganAt: now - 5 * second }, now)).toBe('1 minute');
  });

  test('until the last probe where nobody probed for long, because the process was away', () => {
    const slept = { ...outage, askedAt: beganAt + 10 * minute };
    expect(outageDuration(slept, now)).toBe('at least 10 minutes');
    expect(outageDuration({ ...slept, answeredAt: now }, now)).toBe('at least 10 minutes');
  });

  test('all the time where the provider is decommissioned, and probed once a day', () => {
    expect(outageDuration({ ...outage, askedAt: beganAt + hour, retiredAt: beganAt + hour }, now)).toBe('480 minutes');
  });
});
