import { day as dayMs, type Milliseconds } from './clock.ts';
import { assert } from './invariant.ts';

declare const brand: unique symbol;
/** A day of the calendar, `2026-11-24`; which moments it is made of depends on the time zone. */
export type CalendarDay = string & { readonly [brand]: 'CalendarDay' };

const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Undefined for anything that is no day: `2026-02-30`, `26-1-1`. */
export function readCalendarDay(text: string): CalendarDay | undefined {
  const at = dayPattern.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Some engines take the 30th of February for the 2nd of March.
  return !Number.isNaN(at) && toDay(at) === text ? toDay(at) : undefined;
}

/** The day that a moment belongs to in a time zone (IANA name). */
export function dayOf(at: Milliseconds, timeZone: string): CalendarDay {
  return toDay(Date.parse(`${localText(at, timeZone)}Z`));
}

export function addDays(day: CalendarDay, count: number): CalendarDay {
  return toDay(Date.parse(`${day}T00:00:00Z`) + count * dayMs);
}

/** The first moment of the day there, and the first of the next one: 23 or 25 hours apart where clocks are changed. */
export function dayBounds(day: CalendarDay, timeZone: string): { from: Milliseconds; to: Milliseconds } {
  return { from: startOf(day, timeZone), to: startOf(addDays(day, 1), timeZone) };
}

/** `03:20`: what a clock shows. */
export type TimeOfDay = `${number}:${number}`;

/** The next moment after `after` at which it is that time there: once for every day, also for days without it or with two. */
export function nextTimeOfDay(after: Milliseconds, at: { time: TimeOfDay; timeZone: string }): Milliseconds {
  let day = dayOf(after, at.timeZone);
  let next = momentOn(day, at);
  // Today's may be over, and that of a day that a zone leaves out is that of the next one.
  for (let days = 0; next <= after && days < 2; days += 1) {
    day = addDays(day, 1);
    next = momentOn(day, at);
  }
  assert(next > after, `${at.time} does not come again in ${at.timeZone}`);
  return next;
}

/**
 * Where clocks go forward at midnight, the day begins at one; where they go back over midnight, the later of the two
 * midnights begins it. Either way it is the earliest moment at which the calendar shows the day and goes on showing it.
 */
function startOf(day: CalendarDay, timeZone: string): Milliseconds {
  return momentOn(day, { time: '00:00', timeZone });
}

/** A time that the clocks show twice is the earlier of the two; one that they leave out is as much later as they do. */
function momentOn(day: CalendarDay, { time, timeZone }: { time: TimeOfDay; timeZone: string }): Milliseconds {
  const wanted = `${day}T${time}:00`;
  const inUtc = Date.parse(`${wanted}Z`);
  const offsets = [inUtc - dayMs, inUtc + dayMs].map((at) => offsetAt(at, timeZone));
  const candidates = offsets.map((offset) => inUtc - offset).sort((left, right) => left - right);
  // A zone that moves across the date line leaves a day out: it begins and ends where the next one begins.
  const moment = candidates.find((at) => localText(at, timeZone) >= wanted);
  assert(moment !== undefined, `${wanted} does not come in ${timeZone}`);
  return moment;
}

/** By how much the zone's clocks are ahead of UTC at that moment. */
function offsetAt(at: Milliseconds, timeZone: string): Milliseconds {
  const whole = Math.floor(at / 1_000) * 1_000;
  return Date.parse(`${localText(whole, timeZone)}Z`) - whole;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-24T03:59:00`: what the clocks of the zone show. */
function localText(at: Milliseconds, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const two = '2-digit';
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
    format = new Intl.DateTimeFormat('en-CA', { timeZone, ...fields, hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return format.format(at).replace(', ', 'T');
}

/** Only what this writes is branded, so that a text of the type is a day that exists. */
function toDay(at: Milliseconds): CalendarDay {
  return new Date(at).toISOString().slice(0, 10) as CalendarDay;
}
