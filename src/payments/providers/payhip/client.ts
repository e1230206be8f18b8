// Payhip: API v2. Coupons go by the account's key, license keys by the secret key of their product. No limit is published:
// one request a second, and one retry, only after an error of Payhip's own (5xx).
import { z } from 'zod';
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { ProviderRejected, ProviderUnreachable } from '../../ports/provider-errors.ts';
import type { Coupon, CouponDraft, LicenseLookup } from '../../ports/sales-channel.ts';
import type { HttpCall, ProviderHttp } from '../http/client.ts';
import { phpList, phpWhole } from './php-json.ts';

const paceMs: Milliseconds = second;
const attemptsMax = 2;

export interface PayhipClient {
  /** Pages count from 1; one past the last is empty. */
  listPage(page: number, signal?: AbortSignal): Promise<Coupon[]>;
  createCoupon(draft: CouponDraft, signal?: AbortSignal): Promise<Coupon>;
  verifyLicense(asked: { licenseKey: string; productSecret: string }, signal?: AbortSignal): Promise<LicenseLookup>;
}

type Request<T> = Omit<HttpCall<T>, 'url' | 'headers' | 'isRepeatable'> & {
  path: string;
  headers: Record<string, string>;
  isRead: boolean;
};

export function createPayhipClient(
  deps: { http: ProviderHttp; clock: Clock },
  options: { apiUrl: string; apiKey: string },
): PayhipClient {
  const waitTurn = createPace(deps.clock);

  async function call<T>({ path, headers, isRead, ...request }: Request<T>): Promise<T> {
    const whole = { ...request, url: `${options.apiUrl}${path}`, headers: () => headers, isRepeatable: false };
    for (let attempt = 1; ; attempt += 1) {
      await waitTurn(request.signal);
      try {
        return (await deps.http.call(whole)).value;
      } catch (error) {
        const mayRepeat = isRead && error instanceof ProviderUnreachable && (error.httpStatus ?? 0) >= 500;
        if (!mayRepeat || attempt >= attemptsMax || request.signal?.aborted) throw error;
      }
    }
  }

  const account = { 'payhip-api-key': options.apiKey };
  return {
    async listPage(page, signal) {
      const path = `/coupons?${new URLSearchParams({ page: String(page) })}`;
      const request = { operation: 'list_coupons', method: 'GET', path, headers: account, isRead: true } as const;
      return (await call({ ...request, schema: couponListSchema, signal })).data.flatMap((one) =>
        one === null ? [] : [toCoupon(one)],
      );
    },
    async createCoupon(draft, signal) {
      const headers = { ...account, 'Content-Type': 'application/x-www-form-urlencoded' };
      const request = { operation: 'create_coupon', method: 'POST', path: '/coupons', headers, isRead: false } as const;
      return toCoupon((await call({ ...request, body: couponForm(draft), schema: couponAnswerSchema, signal })).data);
    },
    async verifyLicense({ licenseKey, productSecret }, signal) {
      const path = `/license/verify?${new URLSearchParams({ license_key: licenseKey })}`;
      const headers = { 'product-secret-key': productSecret };
      const request = { operation: 'verify_license', method: 'GET', path, headers, isRead: true } as const;
      try {
        return toLookup(await call({ ...request, schema: licenseSchema, signal }));
      } catch (error) {
        throw error instanceof ProviderRejected ? withoutWords(error) : error;
      }
    },
  };
}

/** Gives out turns a second apart, in the order of asking, whatever the clock does between them. */
function createPace(clock: Clock): (signal: AbortSignal | undefined) => Promise<void> {
  let last: Milliseconds | undefined;
  let line: Promise<void> = Promise.resolve();
  return (signal) => {
    line = line.then(async () => {
      const sinceMs = last === undefined ? paceMs : clock.elapsed() - last;
      if (sinceMs < paceMs) await clock.pause(paceMs - sinceMs, signal);
      last = clock.elapsed();
    });
    return line;
  };
}

// Coupons: amounts are integer cents of the product's currency, shares are percent.

const whole = phpWhole.nullish().catch(null);

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

const couponAnswerSchema = z.object({ data: couponSchema });
// One that cannot be read is left out: nobody can use a coupon without a code.
const couponListSchema = z.object({ data: phpList(couponSchema.nullable().catch(null)) });

function toCoupon(body: z.output<typeof couponSchema>): Coupon {
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
function couponForm({ code, percent, amountMinor, productKey }: CouponDraft): string {
  const form = new URLSearchParams({ coupon_type: productKey === null ? 'multi' : 'single', code });
  if (percent !== null) form.set('percent_off', percent);
  if (amountMinor !== null) form.set('amount_off', String(amountMinor));
  if (productKey !== null) form.set('product_key', productKey);
  return form.toString();
}

// An unknown key has an empty body, which is read as null.
const licenseSchema = z
  .object({
    data: z.object({
      enabled: z.union([z.boolean(), z.string()]),
      product_link: z.string().nullish(),
      buyer_email: z.string().nullish(),
    }),
  })
  .nullable();

function toLookup(answer: z.output<typeof licenseSchema>): LicenseLookup {
  if (answer === null) return { kind: 'unknown' };
  const { enabled, buyer_email: email, product_link: link } = answer.data;
  const isEnabled = enabled === true || enabled === 'true' || enabled === '1';
  return { kind: 'known', isEnabled, email: email ?? null, productKey: link?.split('/').at(-1) ?? null };
}

/** Payhip may repeat the license key in its message. */
function withoutWords(error: ProviderRejected): ProviderRejected {
  const { provider, operation, httpStatus } = error;
  const message = `${operation}: HTTP ${httpStatus ?? 'error'}`;
  return new ProviderRejected({ provider, operation, code: null, httpStatus, message });
}

const errorSchema = z.object({ message: z.string().nullish(), error: z.string().nullish() });

/** No form of errors is published. Messages of its outages (401, 408, 5xx) are not taken: health views show them for long. */
export function findPayhipError(body: JsonValue, status: number) {
  const isRefusal = status >= 400 && status < 500 && status !== 401 && status !== 408;
  const found = isRefusal ? errorSchema.safeParse(body).data : undefined;
  const message = found?.message ?? found?.error;
  return message ? { code: null, message } : undefined;
}
