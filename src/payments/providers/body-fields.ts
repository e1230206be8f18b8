import { z } from 'zod';
import { plainDecimal } from '#kernel/money.ts';

// Fields of provider bodies as exact-json.ts reads them: numbers are text.

/** An id that goes into addresses and keys. */
export const idText = z.string().regex(/^[\w-]{1,128}$/);

/** A decimal in plain digits; an exponent form is written out, trailing zeros stay. */
export const decimalText = z
  .string()
  .regex(/^-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?$/)
  .transform((text) => (/e/i.test(text) ? plainDecimal(text) : text));

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
