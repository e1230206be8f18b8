import { describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import { decideOutage, decommissionAfterMs, type ProviderProbe } from '#payments/availability/decide-outage.ts';
import { type Outage, outageStatuses } from '#payments/model/outage.ts';

const now = Date.UTC(2026, 10, 25, 3);
const at = { now, isOnline: true };

type Known = Pick<Outage, 'status' | 'goneSince' | 'goneCount'>;
const known = (status: Outage['status'], change: Partial<Known> = {}): Known => ({
  status,
  goneSince: null,
  goneCount: 0,
  ...change,
});

const probes = {
  answers: { kind: 'answers' },
  timeout: { kind: 'fails', why: 'probe: no answer', readAsDecommissioned: null, isConfirmed: false },
  timeoutAgain: { kind: 'fails', why: 'probe: no answer', readAsDecommissioned: null, isConfirmed: true },
  refusal: { kind: 'fails', why: 'probe: HTTP 410', readAsDecommissioned: 'HTTP 410', isConfirmed: false },
  refusalAgain: { kind: 'fails', why: 'probe: HTTP 410', readAsDecommissioned: 'HTTP 410', isConfirmed: true },
  unknownName: { kind: 'fails', why: 'probe: ENOTFOUND', readAsDecommissioned: 'name not found', isConfirmed: true },
  notAsked: { kind: 'not_asked', why: 'probe: no answer' },
} as const satisfies Record<string, ProviderProbe>;

describe('every probe result in every state', () => {
  const expected: Record<Outage['status'] | 'none', Record<keyof typeof probes, string>> = {
    none: {
      answers: 'nothing',
      timeout: 'nothing',
      timeoutAgain: 'begin',
      refusal: 'nothing',
      refusalAgain: 'begin',
      unknownName: 'begin',
      notAsked: 'begin',
    },
    blind: {
      answers: 'catch_up',
      timeout: 'note',
      timeoutAgain: 'note',
      refusal: 'note',
      refusalAgain: 'note',
      unknownName: 'note',
      notAsked: 'nothing',
    },
    catching_up: {
      answers: 'nothing',
      timeout: 'nothing',
      timeoutAgain: 'relapse',
      refusal: 'nothing',
      refusalAgain: 'relapse',
      unknownName: 'relapse',
      notAsked: 'relapse',
    },
    retired: {
      answers: 'catch_up',
      timeout: 'note',
      timeoutAgain: 'note',
      refusal: 'note',
      refusalAgain: 'note',
      unknownName: 'note',
      notAsked: 'nothing',
    },
    over: {
      answers: 'nothing',
      timeout: 'nothing',
      timeoutAgain: 'nothing',
      refusal: 'nothing',
      refusalAgain: 'nothing',
      unknownName: 'nothing',
      notAsked: 'nothing',
    },
  };
  const names = Object.keys(probes) as (keyof typeof probes)[];

  test.each(['none' as const, ...outageStatuses])('is decided for %s', (status) => {
    const current = status === 'none' ? undefined : known(status);
    const decided = Object.fromEntries(names.map((name) => [name, decideOutage(current, probes[name], at).kind]));
    expect(decided).toEqual(expected[status]);
  });
});

describe('a provider that appears decommissioned', () => {
  const almost = known('blind', { goneSince: now - decommissionAfterMs, goneCount: 40 });

  test('is decommissioned after a day in which every answer was such', () => {
    expect(decideOutage(almost, probes.refusal, at)).toEqual({
      kind: 'retire',
      change: {
        status: 'retired',
        retiredAt: now,
        askedAt: now,
        reason: 'probe: HTTP 410',
        goneSince: now - decommissionAfterMs,
        goneCount: 41,
      },
    });
  });

  test('is not decommissioned a moment before that', () => {
    const young = { ...almost, goneSince: now - decommissionAfterMs + 1 };
    expect(decideOutage(young, probes.refusal, at).kind).toBe('note');
  });

  test('is not decommissioned by a process that was suspended for most of the day', () => {
    const rarelyAsked = known('blind', { goneSince: now - 2 * day, goneCount: 3 });
    expect(decideOutage(rarelyAsked, probes.refusal, at).kind).toBe('note');
  });

  test('exists still when it fails in any other way, and the day begins anew', () => {
    const after = decideOutage(almost, probes.timeoutAgain, at);
    expect(after).toMatchObject({ kind: 'note', change: { goneSince: null, goneCount: 0 } });
  });

  test('counts from the first such answer', () => {
    const first = decideOutage(known('blind'), probes.refusal, at);
    expect(first).toMatchObject({ change: { goneSince: now, goneCount: 1 } });
  });
});

describe('a name that is not found', () => {
  const almost = known('blind', { goneSince: now - 2 * day, goneCount: 40 });

  test('makes a provider decommissioned while others answer', () => {
    expect(decideOutage(almost, probes.unknownName, at).kind).toBe('retire');
  });

  test('decides nothing while no provider answers: our own network may be down', () => {
    const offline = decideOutage(almost, probes.unknownName, { now, isOnline: false });
    expect(offline).toMatchObject({ kind: 'note', change: { goneSince: almost.goneSince, goneCount: 40 } });
  });
});

test('a provider that is back is caught up with from its last failure on', () => {
  const back = decideOutage(known('retired', { goneSince: now - day, goneCount: 99 }), probes.answers, at);
  expect(back).toEqual({
    kind: 'catch_up',
    change: { status: 'catching_up', answeredAt: now, goneSince: null, goneCount: 0 },
  });
});

test('one that becomes unavailable again while it is caught up with is in the same outage', () => {
  const later = { now: now + hour + minute, isOnline: true };
  expect(decideOutage(known('catching_up'), probes.timeoutAgain, later)).toMatchObject({
    kind: 'relapse',
    change: { status: 'blind', answeredAt: null, askedAt: later.now },
  });
});
