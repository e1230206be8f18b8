// Schemas of fields that several routes take. Each validates and describes.
import { z } from '@hono/zod-openapi';
import { asOrderId } from '#kernel/ids.ts';
import { plainWords } from './faults.ts';

/** One line of text. Control characters and halves of surrogate pairs would not survive every database and chat. */
export function line(max: number) {
  return z
    .string(plainWords)
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
      error: 'must be one line of plain text',
      abort: true,
    });
}

/** Money as the shop writes it. */
export const amount = z
  .string('must be a decimal string such as "49.00"; a JSON number is not accepted for money')
  .regex(/^(?:0|[1-9]\d{0,14})(?:\.\d{1,8})?$/, 'must be a decimal string such as "49.00"')
  .openapi({ example: '49.00' });

/** An id of another form, or in capitals, belongs to no order. */
export const orderIdParameter = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .transform(asOrderId)
    .openapi({ description: 'The `id` that the creation of the order answered.' }),
});

export const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters')
    .optional()
    .openapi({ description: 'Same key and same body: same answer, and done once. Same key and another body: 422.' }),
});
