// How one part of a button's data is written, and read again with nothing taken on trust.
import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { isCurrency } from '#kernel/money.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';

/** No list in the chat goes further back than this; older orders are found by `/find`. */
export const pageMax = 24;

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

export const page: Field<number> = {
  write: String,
  read(text) {
    const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    return number <= pageMax ? number : undefined;
  },
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
