import { z } from 'zod';
import { isCurrency, MoneyInvalid, parseMoney, plainDecimal, toDecimal } from '#kernel/money.ts';
import { clip, oneLine } from '#kernel/text.ts';
import { isPaymentId } from './payment-uuid.ts';

// Fields of provider bodies as exact-json.ts reads them: numbers are text.

/** An id that goes into addresses and keys. */
export const idText = z.string().regex(/^[\w-]{1,128}$/);

/** No sum of money is written in more; an exponent form could be a hundred zeros, which nothing computes with. */
const decimalUnitsMax = 60;

/** A decimal in plain digits; an exponent form is written out, trailing zeros stay. */
export const decimalText = z
  .string()
  .regex(/^-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?$/)
  .transform((text) => (/e/i.test(text) ? plainDecimal(text) : text))
  .refine((text) => text.length <= decimalUnitsMax);

/** Money that is asked for or came: nothing is below zero, and a minus would be a word for something that we do not know. */
export const amountText = decimalText.refine((text) => !text.startsWith('-'));

/** A JSON number has lost its trailing zeros: `49` is asked for and shown as `49.00`. */
export function withCurrencyPlaces(amount: string, currency: string): string {
  if (!isCurrency(currency)) return amount;
  try {
    return toDecimal(parseMoney(amount, currency));
  } catch (error) {
    // More places than the currency has, or below zero: not an amount of ours, shown as it is.
    if (error instanceof MoneyInvalid) return amount;
    throw error;
  }
}

const labelUnitsMax = 200;

/**
 * The texts among these, in one line; null when there is none. Our payment ids are left out: nobody recognises an order by
 * them.
 */
export function joinLabel(parts: readonly unknown[]): string | null {
  const texts = parts.filter((part) => typeof part === 'string').map(oneLine);
  const words = [...new Set(texts)].filter((text) => text !== '' && !isPaymentId(text));
  return words.length === 0 ? null : clip(words.join(' · '), labelUnitsMax);
}

/** A field that no money rests on: null for whatever is odd in it. */
export function lenient<Value>(schema: z.ZodType<Value>) {
  return schema.nullish().catch(null);
}

/** Our own payment id, wherever a provider echoes it. */
export const ownPaymentId = lenient(z.string()).transform((text) => (isPaymentId(text) ? text : null));

/** Milliseconds since the epoch. */
export const millisecondsNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Unix seconds; given as milliseconds. */
export const unixSeconds = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform((text) => Number(text) * 1000);

/** RFC 3339; given as milliseconds. */
export const rfc3339 = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)))
  .transform((text) => Date.parse(text));
