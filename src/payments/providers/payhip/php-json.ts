// Payhip is written in PHP, whose JSON has forms of its own for lists and for whole numbers.
import { z } from 'zod';

/** A whole number below 10¹², which may have passed through a float: `2400.0`. No other decimal is one: it may be in another unit. */
export const phpWhole = z
  .string()
  .regex(/^\d{1,12}(?:\.0)?$/)
  .transform(Number);

/** A list with a gap, or in another order, is written as an object with its indices as names. */
export function phpList<Entry>(entry: z.ZodType<Entry>) {
  return z.preprocess(toList, z.array(entry));
}

function toList(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries = Object.entries(body);
  if (!entries.every(([name]) => /^\d{1,9}$/.test(name))) return body;
  return entries.toSorted(([left], [right]) => Number(left) - Number(right)).map(([, value]) => value);
}
