// How one part of a button's data is written, and read again with nothing taken on trust.
import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { isCurrency } from '#kernel/money.ts';
import type { PagePosition, TimedKey } from '#kernel/page.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';

/** `read` answers undefined for what `write` never writes; what is written as nothing must stand last. */
export interface Field<Value> {
  write(value: Value): string;
  read(text: string): Value | undefined;
}

export function word<Word extends string>(words: readonly Word[]): Field<Word> {
  return { write: (value) => value, read: (text) => words.find((one) => one === text) };
}

/** Left out of the data while it has its usual value. */
export function usually<Value>(usual: Value, field: Field<Value>): Field<Value> {
  return {
    write: (value) => (value === usual ? '' : field.write(value)),
    read: (text) => (text === '' ? usual : field.read(text)),
  };
}

export function orNull<Value>(field: Field<Value>): Field<Value | null> {
  return {
    write: (value) => (value === null ? '' : field.write(value)),
    read: (text) => (text === '' ? null : field.read(text)),
  };
}

export function matching(pattern: RegExp): Field<string> {
  return { write: (value) => value, read: (text) => (pattern.test(text) ? text : undefined) };
}

export function numeral<Numeral extends number>(numerals: readonly Numeral[]): Field<Numeral> {
  return { write: String, read: (text) => numerals.find((one) => String(one) === text) };
}

export const id: Field<string> = { write: shortenId, read: restoreId };

/** One character says how often the reader turned, and which side; further on it stays, and the page is found all the same. */
const turnsAfter = '0123456789abcdefghijklmnopqrstuvwxyz';
const turnsBefore = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The beginning of the list is written as nothing, so it must stand last. */
export function pagePosition<Key>(key: Field<Key>): Field<PagePosition<Key> | null> {
  return {
    write(position) {
      if (position === null) return '';
      const turns = position.side === 'after' ? turnsAfter : turnsBefore;
      return `${turns.charAt(Math.min(position.index, turns.length - 1))}${key.write(position.key)}`;
    },
    read(text) {
      if (text === '') return null;
      const turn = text.charAt(0);
      const side = turnsAfter.includes(turn) ? 'after' : 'before';
      const index = (side === 'after' ? turnsAfter : turnsBefore).indexOf(turn);
      const value = key.read(text.slice(1));
      return index < 0 || value === undefined ? undefined : { index, side, key: value };
    },
  };
}

const timeDigits = 8;

/** A time of this half of the century in eight digits, and a UUID. */
export const timedKey: Field<TimedKey> = {
  write: ({ at, id: uuid }) => `${at.toString(36).padStart(timeDigits, '0')}${shortenId(uuid)}`,
  read(text) {
    const time = text.slice(0, timeDigits);
    const uuid = restoreId(text.slice(timeDigits));
    return /^[0-9a-z]{8}$/.test(time) && uuid !== undefined ? { at: Number.parseInt(time, 36), id: uuid } : undefined;
  },
};

export const sequence: Field<number> = {
  write: String,
  read: (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
};

export const digit: Field<number> = { write: String, read: (text) => (/^\d$/.test(text) ? Number(text) : undefined) };

export const day: Field<CalendarDay> = { write: (value) => value, read: readCalendarDay };

export const providerOrAll: Field<ProviderName | 'all'> = {
  write: (value) => value,
  read: (text) => (text === 'all' || isProviderName(text) ? text : undefined),
};

export const currencyOrNew: Field<string> = {
  write: (value) => value,
  read: (text) => (text === 'new' || isCurrency(text) ? text : undefined),
};

/** A UUID in 22 characters of base64url. */
export function shortenId(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
}

export function restoreId(text: string): string | undefined {
  if (!/^[\w-]{22}$/.test(text)) return undefined;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
