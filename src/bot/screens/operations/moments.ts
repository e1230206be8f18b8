import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Presentation } from '../../text/view.ts';

const units: ReadonlyMap<string, Milliseconds> = new Map([
  ['m', minute],
  ['h', hour],
  ['d', day],
]);

/**
 * A moment as an admin writes it: `now`, `6h` (ago), `10:30` (today), `2026-11-25`, `2026-11-25T10:30`; in the admin's time
 * zone unless it ends in `Z`. Undefined for anything else.
 */
export function parseMoment(text: string, presentation: Presentation): Milliseconds | undefined {
  if (text.toLowerCase() === 'now') return presentation.now;
  const [, count, unit] = /^(\d{1,4})([mhd])$/i.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return presentation.now - Number(count) * (units.get(unit.toLowerCase()) ?? 0);
  const [, clock] = /^(\d{1,2}:\d{2})$/.exec(text) ?? [];
  const written = clock === undefined ? text : `${dayOf(presentation)}T${clock.padStart(5, '0')}`;
  const [, date, time = '00:00', zone] = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?))?(Z)?$/i.exec(written) ?? [];
  if (date === undefined) return undefined;
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== date) return undefined;
  return zone === undefined ? fromLocal(asUtc, presentation) : asUtc;
}

/** Today, as `2026-11-25`. */
function dayOf(presentation: Presentation): string {
  return new Date(presentation.now + offsetAt(presentation.now, presentation)).toISOString().slice(0, 10);
}

/** Twice, because the offset at the moment itself may be another one than at the first guess. */
function fromLocal(asUtc: Milliseconds, presentation: Presentation): Milliseconds {
  const guess = asUtc - offsetAt(asUtc, presentation);
  return asUtc - offsetAt(guess, presentation);
}

/** By how much the admin's clock is ahead of UTC at that moment. */
function offsetAt(at: Milliseconds, { timeZone }: Presentation): Milliseconds {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes = '00'] = /GMT([+-])(\d{2})(?::(\d{2}))?/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
}
