// Where and when a shop is: as a rule just before something happens to its clocks or its calendar.
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Stream } from '../engine/random.ts';

/** Zones with and without summer time, half hours, and jumps at midnight, with the moments at which clocks are changed there. */
export const clockChanges: Readonly<Record<string, readonly string[]>> = {
  UTC: [],
  'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
  'America/Sao_Paulo': [],
  'Asia/Kolkata': [],
  'Asia/Beirut': ['2026-03-28T22:00Z', '2026-10-24T21:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  'Pacific/Chatham': ['2026-04-04T14:00Z', '2026-09-26T14:00Z'],
  'Antarctica/Troll': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
};

export function drawZone(chance: Stream): string {
  const zones = Object.keys(clockChanges);
  return zones[chance.int(zones.length)] ?? 'UTC';
}

/** Days that end a month, a February, a year, or nothing. */
const lastDays = ['2026-06-30', '2026-11-22', '2026-12-31', '2027-02-28', '2028-02-29'] as const;
const ordinary: readonly [Milliseconds, ...Milliseconds[]] = [
  Date.UTC(2026, 2, 26, 9),
  Date.UTC(2026, 10, 22, 3),
  Date.UTC(2027, 7, 14, 15),
];
/** Most histories are so long, and what is drawn is to happen in the middle of them. */
const soonMs: Milliseconds = 30 * minute;
/** The product closes a day so long after its end. */
const closesAfterMs: Milliseconds = 4 * hour;

export function drawStart(chance: Stream, zone: string): Milliseconds {
  const before = (moment: Milliseconds): Milliseconds => moment - chance.int(soonMs);
  const changes = clockChanges[zone] ?? [];
  const change = changes[chance.int(changes.length)];
  if (change !== undefined && chance.chance(0.4)) return before(Date.parse(change));
  const midnight = midnightAfter(chance.pick(lastDays), zone);
  if (chance.chance(0.4)) return before(midnight);
  if (chance.chance(0.4)) return before(midnight + closesAfterMs);
  return chance.pick(ordinary) + chance.int(hour);
}

function midnightAfter(day: string, zone: string): Milliseconds {
  const inUtc = Date.parse(`${day}T24:00:00Z`);
  return inUtc - offsetOf(inUtc, zone);
}

/** By how much the zone's clocks are ahead of UTC. */
export function offsetOf(at: Milliseconds, zone: string): Milliseconds {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const ms = Number(hours ?? 0) * hour + Number(minutes ?? 0) * minute;
  return sign === '-' ? -ms : ms;
}
