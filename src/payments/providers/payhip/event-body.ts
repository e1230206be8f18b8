// The bodies of Payhip's webhooks. What names the event and its money must be there; of all the rest, whatever can be read
// is taken, because an event that is refused cannot be fetched again. Numbers come as text or as numbers.

import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import { isCurrency } from '#kernel/money.ts';
import { clip, oneLine } from '#kernel/text.ts';
import { idText } from '../kit/body-fields.ts';
import { phpList, phpWhole } from './php-json.ts';

const secondsText = z
  .string()
  .regex(/^\d{1,11}(?:\.\d+)?$/)
  .transform((text): Milliseconds => Math.floor(Number(text)) * 1000);

/** `1703693218`, or the same as text; anything else counts as missing. */
const time = secondsText.nullish().catch(null);

const words = z
  .string()
  .transform((text) => clip(oneLine(text), 300))
  .transform((text) => (text === '' ? null : text))
  .nullish()
  .catch(null)
  .transform((text) => text ?? null);

const flag = z
  .union([z.boolean(), z.string()])
  .nullish()
  .catch(null)
  .transform((value) => value === true || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value.trim())));

const minor = phpWhole
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const percent = z
  .string()
  .regex(/^\d{1,3}(?:\.\d{1,4})?$/)
  .nullish()
  .catch(null)
  .transform((text) => text ?? null);

const currency = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine(isCurrency);

const itemSchema = z.object({
  product_name: words,
  product_key: words,
  product_permalink: words,
  quantity: minor,
  on_sale: flag,
  used_coupon: flag,
  coupon_code: words,
  coupon_percentage: percent,
  coupon_amount: minor,
  used_social_discount: flag,
  used_cross_sell_discount: flag,
  used_upgrade_discount: flag,
  variant_name: words,
  license_key: words,
});
export type ItemBody = z.output<typeof itemSchema>;

const couponSchema = z.object({ code: words, percentage: percent, amount: minor });

/** A list in which an entry that cannot be read, or all that is no list, stands as null: it is noticed and loses nothing else. */
function leniently<Entry>(schema: z.ZodType<Entry>) {
  return phpList(schema.nullable().catch(null))
    .refine((list) => list.length <= 200)
    .nullish()
    .catch([null])
    .transform((list) => list ?? []);
}

const orderFields = {
  id: idText,
  currency,
  price: phpWhole,
  email: words,
  items: leniently(itemSchema),
  coupons: leniently(couponSchema),
  vat_applied: flag,
  vat_amount: minor,
  payment_type: words,
  stripe_fee: minor,
  payhip_fee: minor,
};

export const paidSchema = z.object({ ...orderFields, date: time });
export const refundedSchema = z.object({ ...orderFields, amount_refunded: phpWhole, date_refunded: time });
export type OrderBody = z.output<typeof paidSchema> | z.output<typeof refundedSchema>;

export const subscriptionSchema = z.object({
  subscription_id: idText,
  customer_email: words,
  customer_first_name: words,
  customer_last_name: words,
  plan_name: words,
  product_name: words,
  date_subscription_started: time,
  date_subscription_deleted: time,
});

export const envelopeSchema = z.object({ type: z.string().max(128), signature: z.string().nullish() });

/** A license is what the customer paid for, and the signature lets anybody forge every event. */
const secretFields = /("(?:licen[cs]e_key|signature)"\s*:\s*)("(?:\\.|[^"\\])*"?|[^,}\]\s]+)/gi;

/** Works on the text, so that a body that is cut or no JSON shows nothing either. */
export function redactPayhipEvent(text: string): string {
  return text.replace(secretFields, '$1"…"');
}
