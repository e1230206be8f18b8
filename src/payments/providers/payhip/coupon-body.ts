import { z } from 'zod';
import type { Coupon, CouponDraft } from '../../ports/sales-channel.ts';

// Payhip: Coupons. Amounts are integer cents of the product's currency, shares are percent.

const whole = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)
  .nullish()
  .catch(null);

const couponSchema = z.object({
  id: z.string(),
  code: z.string(),
  percent_off: z
    .string()
    .regex(/^\d{1,3}(?:\.\d{1,4})?$/)
    .nullish()
    .catch(null),
  amount_off: whole,
  product_key: z.string().nullish(),
  usage_limit: whole,
  usage_count: whole,
  end_date: z.string().nullish(),
});

export const couponAnswerSchema = z.object({ data: couponSchema });
export const couponListSchema = z.object({ data: z.array(couponSchema) });

export function toCoupon(body: z.output<typeof couponSchema>): Coupon {
  const endsAt = Date.parse(body.end_date ?? '');
  return {
    id: body.id,
    code: body.code,
    percent: body.percent_off ?? null,
    amountMinor: body.amount_off ?? null,
    productKey: body.product_key ?? null,
    usedCount: body.usage_count ?? 0,
    usageLimit: body.usage_limit ?? null,
    endsAt: Number.isNaN(endsAt) ? null : endsAt,
  };
}

/** A coupon for one product is `single`; without one it is `multi`, good for all of them. */
export function couponForm({ code, percent, amountMinor, productKey }: CouponDraft): string {
  const form = new URLSearchParams({ coupon_type: productKey === null ? 'multi' : 'single', code });
  if (percent !== null) form.set('percent_off', percent);
  if (amountMinor !== null) form.set('amount_off', String(amountMinor));
  if (productKey !== null) form.set('product_key', productKey);
  return form.toString();
}
