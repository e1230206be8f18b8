// Dates as people and spreadsheets write them. What could mean two days means none: undefined.

export type DayOrder = 'day_first' | 'month_first';

const slashed = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})/;

/** `13/02/2026` anywhere says how all the others are meant; undefined when none of them tells. */
export function dayOrderOf(texts: readonly string[]): DayOrder | undefined {
  const dates = texts.map((text) => slashed.exec(text.trim())).filter((match) => match !== null);
  const hasDayFirst = dates.some((match) => match[2] === '.' || Number(match[1]) > 12);
  const hasMonthFirst = dates.some((match) => match[2] !== '.' && Number(match[3]) > 12);
  if (hasDayFirst === hasMonthFirst) return undefined;
  return hasDayFirst ? 'day_first' : 'month_first';
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A moment; without a zone in UTC, without a time at its midnight. Undefined for what is no date, or may be two. */
export function readDate(text: string, order: DayOrder | undefined): number | undefined {
  const trimmed = text.trim();
  if (/^\d{10}(?:\.\d+)?$/.test(trimmed)) return Math.floor(Number(trimmed)) * 1000;
  if (/^\d{13}$/.test(trimmed)) return Number(trimmed);
  const date = dateIn(trimmed, order);
  if (date === undefined) return undefined;
  const { year, month, day, rest } = date;
  const midnight = Date.UTC(year, month - 1, day);
  const isReal = new Date(midnight).getUTCMonth() === month - 1 && new Date(midnight).getUTCDate() === day;
  const time = timeIn(rest);
  return isReal && time !== undefined && year > 2000 ? midnight + time : undefined;
}

interface FoundDate {
  year: number;
  month: number;
  day: number;
  rest: string;
}

function dateIn(text: string, order: DayOrder | undefined): FoundDate | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/.exec(text);
  if (iso !== null) return found(text, iso, [iso[1], iso[2], iso[3]]);
  const short = slashed.exec(text);
  if (short !== null) {
    const [, first, mark, second, year] = short;
    const isDayFirst = mark === '.' || Number(first) > 12 || (order === 'day_first' && Number(second) <= 12);
    const isMonthFirst = mark !== '.' && (Number(second) > 12 || order === 'month_first');
    if (isDayFirst === isMonthFirst) return undefined;
    return found(text, short, isDayFirst ? [year, second, first] : [year, first, second]);
  }
  const dayName = '(?:[A-Za-z]{3,9},?\\s+)?';
  const dayMonth = new RegExp(`^${dayName}(\\d{1,2})(?:st|nd|rd|th)?[\\s-]+([A-Za-z]{3,9})\\.?,?[\\s-]+(\\d{4})`).exec(
    text,
  );
  if (dayMonth !== null) return found(text, dayMonth, [dayMonth[3], monthOf(dayMonth[2]), dayMonth[1]]);
  const monthDay = new RegExp(`^${dayName}([A-Za-z]{3,9})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})`).exec(text);
  if (monthDay !== null) return found(text, monthDay, [monthDay[3], monthOf(monthDay[1]), monthDay[2]]);
  return undefined;
}

function found(
  text: string,
  match: RegExpExecArray,
  parts: readonly (string | number | undefined)[],
): FoundDate | undefined {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = parts.map(Number);
  const rest = text.slice(match[0].length).trim();
  return month >= 1 && month <= 12 && day >= 1 ? { year, month, day, rest } : undefined;
}

function monthOf(name = ''): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

const timePattern =
  /^(?:T|at\s+|,\s*)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|([+-])(\d{2}):?(\d{2}))?$/i;

/** Milliseconds since midnight UTC; nothing at all is midnight, and anything else that is no time is no date either. */
function timeIn(text: string): number | undefined {
  if (text === '') return 0;
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const half = match[4]?.slice(0, 1).toLowerCase();
  const given = Number(match[1]);
  if (given > 23 || (half !== undefined && (given < 1 || given > 12))) return undefined;
  const hours = half === undefined ? given : (given % 12) + (half === 'p' ? 12 : 0);
  const offset = (Number(match[7] ?? 0) * 60 + Number(match[8] ?? 0)) * (match[6] === '-' ? -1 : 1);
  return ((hours * 60 + Number(match[2]) - offset) * 60 + Number(match[3] ?? 0)) * 1000;
}
