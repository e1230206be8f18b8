import { addDays, type CalendarDay, dayBounds } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';

/** A day of the calendar: its first moment, and that of the next one. */
export interface DayBounds {
  from: Milliseconds;
  to: Milliseconds;
}

/** So many days that end with this one, the oldest first. */
export function daysUpTo(
  last: CalendarDay,
  { count, timeZone }: { count: number; timeZone: string },
): readonly DayBounds[] {
  const days = Array.from({ length: count }, (_, index) => dayBounds(addDays(last, index + 1 - count), timeZone));
  // A zone that moves across the date line leaves a day out.
  return days.filter(({ from, to }) => from < to);
}

export function isSameDay(one: DayBounds, other: DayBounds): boolean {
  return one.from === other.from && one.to === other.to;
}
