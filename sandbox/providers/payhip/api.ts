import { type Context, Hono } from 'hono';
import type { ProviderHost } from '../host.ts';
import { PayhipError } from './errors.ts';
import type { License, PayhipCoupon, PayhipProduct } from './sale.ts';
import type { PayhipSeller } from './seller.ts';

// Payhip: API v2, below `/payhip/api/v2`. Coupons and license keys, and nothing else.

const pageSize = 10;

export function createPayhipApi(seller: PayhipSeller, { apiKey, host }: { apiKey: string; host: ProviderHost }): Hono {
  const api = new Hono();
  api.onError((error, context) => {
    if (!(error instanceof PayhipError)) throw error;
    return context.body(error.body, error.status, { 'Content-Type': 'application/json' });
  });
  api.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('Date', new Date(host.now()).toUTCString());
  });
  api.use('/coupons/*', requireAccount(apiKey));
  api.use('/coupons', requireAccount(apiKey));
  addCoupons(api, seller, host);
  addLicenses(api, seller);
  api.all('*', () => {
    throw new PayhipError(404, 'Not Found');
  });
  return api;
}

function requireAccount(apiKey: string) {
  return async (context: Context, next: () => Promise<void>): Promise<void> => {
    if (context.req.header('payhip-api-key') !== apiKey) throw new PayhipError(401, 'Unauthenticated.');
    await next();
  };
}

function addCoupons(api: Hono, seller: PayhipSeller, { ids }: ProviderHost): void {
  api.get('/coupons', (context) => {
    const page = Math.max(Number(context.req.query('page') ?? 1), 1);
    const all = [...seller.coupons.values()].slice((page - 1) * pageSize, page * pageSize);
    return context.json({ data: all.map(couponData) });
  });
  api.get('/coupons/:id', (context) => {
    const coupon = seller.coupons.get(context.req.param('id'));
    if (coupon === undefined) throw new PayhipError(404, 'Coupon not found.');
    return context.json({ data: couponData(coupon) });
  });
  api.post('/coupons', async (context) => {
    const coupon = { id: ids.hex(6), ...parseCoupon(await formOf(context), seller) };
    seller.coupons.set(coupon.id, coupon);
    return context.json({ data: couponData(coupon) });
  });
}

function couponData(coupon: PayhipCoupon) {
  return {
    id: coupon.id,
    coupon_type: coupon.type,
    code: coupon.code,
    percent_off: coupon.percentOff,
    amount_off: coupon.centsOff,
    product_key: coupon.productKey,
    collection_id: null,
    start_date: null,
    end_date: null,
    minimum_purchase_amount: null,
    usage_limit: coupon.usageLimit,
    usage_count: coupon.usageCount,
    notes: '',
  };
}

function parseCoupon(form: URLSearchParams, seller: PayhipSeller): Omit<PayhipCoupon, 'id'> {
  const code = form.get('code') ?? '';
  const type = form.get('coupon_type');
  const isTaken = [...seller.coupons.values()].some((known) => known.code.toLowerCase() === code.toLowerCase());
  if (code === '' || isTaken) throw new PayhipError(422, 'The code has already been taken.');
  if (type !== 'single' && type !== 'multi') throw new PayhipError(422, 'The selected coupon type is invalid.');
  const percentOff = integerOf(form, 'percent_off', 100);
  const centsOff = integerOf(form, 'amount_off', 100_000_00);
  if ((percentOff === null) === (centsOff === null)) {
    throw new PayhipError(422, 'Give either percent_off or amount_off.');
  }
  const productKey = form.get('product_key');
  const product = seller.products.find(({ key }) => key === productKey);
  if (type === 'single' && product === undefined) throw new PayhipError(422, 'The product key is invalid.');
  const usageLimit = integerOf(form, 'usage_limit', 1_000_000);
  return { code, type, percentOff, centsOff, productKey, usageLimit, usageCount: 0 };
}

function integerOf(form: URLSearchParams, name: string, max: number): number | null {
  const text = form.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) throw new PayhipError(422, `The ${name} is invalid.`);
  return Number(text);
}

function addLicenses(api: Hono, seller: PayhipSeller): void {
  const licenseOf = (product: PayhipProduct, key: string | undefined | null): License | undefined => {
    const license = seller.licenses.get(key ?? '');
    return license?.product.key === product.key ? license : undefined;
  };
  api.get('/license/verify', (context) => {
    const license = licenseOf(productOf(context, seller), context.req.query('license_key'));
    // A key that is not known has no body at all.
    return license === undefined ? context.body('', 200) : context.json({ data: licenseData(license) });
  });
  const acts: Readonly<Record<string, (license: License) => void>> = {
    enable: (license) => {
      license.isEnabled = true;
    },
    disable: (license) => {
      license.isEnabled = false;
    },
    usage: (license) => {
      license.uses += 1;
    },
    decrease: (license) => {
      license.uses = Math.max(license.uses - 1, 0);
    },
  };
  for (const [name, act] of Object.entries(acts)) {
    api.put(`/license/${name}`, async (context) => {
      const license = licenseOf(productOf(context, seller), (await formOf(context)).get('license_key'));
      if (license === undefined) return context.body('', 200);
      act(license);
      return context.json({ data: licenseData(license) });
    });
  }
}

function licenseData({ key, product, email, isEnabled, uses, madeAtMs }: License) {
  const date = new Date(madeAtMs).toISOString().replace(/\.\d+Z$/, '+00:00');
  return { enabled: isEnabled, product_link: product.key, license_key: key, buyer_email: email, uses, date };
}

function productOf(context: Context, seller: PayhipSeller): PayhipProduct {
  const secret = context.req.header('product-secret-key');
  const product = seller.products.find((known) => known.secret === secret);
  if (secret === undefined || product === undefined) throw new PayhipError(401, 'Unauthenticated.');
  return product;
}

async function formOf(context: Context): Promise<URLSearchParams> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    throw new PayhipError(400, 'The body must be form-encoded.');
  }
  return new URLSearchParams(await context.req.text());
}
