import { type Context, Hono } from 'hono';
import type { RandomIds } from '../ids.ts';
import { isJsonType, parseJsonObject } from '../requests.ts';
import { badRequest, errorBody, NowPaymentsError } from './errors.ts';
import { type Invoice, type Payment, paymentData, price } from './invoice.ts';
import { parseInvoice, parsePaymentQuery } from './requests.ts';
import type { NowPaymentsShop } from './shop.ts';

// NOWPayments: Base and auth, Calls; below `/nowpayments/v1`.

export interface NowPaymentsApiOptions {
  readonly apiKey: string;
  /** The dashboard's own login: the list of payments asks for a token made with it. */
  readonly email: string;
  readonly password: string;
}

export interface NowPaymentsApiDeps {
  readonly shop: NowPaymentsShop;
  readonly now: () => number;
  readonly ids: RandomIds;
}

const tokenLifeMs = 5 * 60_000;

export function createNowPaymentsApi({ shop, now, ids }: NowPaymentsApiDeps, options: NowPaymentsApiOptions): Hono {
  const api = new Hono();
  const tokens = new Map<string, number>();

  api.onError((error, context) => {
    if (!(error instanceof NowPaymentsError)) throw error;
    const body = errorBody(error.status, error.code, error.message);
    return context.body(body, error.status, { 'Content-Type': 'application/json' });
  });
  api.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('Date', new Date(now()).toUTCString());
  });
  api.get('/status', (context) => context.json({ message: 'OK' }));
  api.post('/auth', async (context) => {
    const fields = await jsonFields(context);
    if (fields['email'] !== options.email || fields['password'] !== options.password) {
      throw new NowPaymentsError(403, 'INVALID_LOGIN', 'Wrong email or password');
    }
    const token = `eyJ${ids.hex(12)}.${ids.hex(24)}.${ids.hex(24)}`;
    tokens.set(token, now() + tokenLifeMs);
    return context.json({ token });
  });
  api.use('*', async (context, next) => {
    if (context.req.header('x-api-key') !== options.apiKey) {
      throw new NowPaymentsError(403, 'INVALID_API_KEY', 'Invalid api key');
    }
    shop.tick();
    await next();
  });
  api.get('/merchant/coins', (context) => context.json({ selectedCurrencies: ['btc'] }));
  api.post('/invoice', async (context) => {
    if (!isJsonType(context.req.header('content-type'))) throw badRequest('Content-Type must be application/json');
    const invoice = shop.create(parseInvoice(await context.req.text()), { isForeign: false });
    return context.json(invoiceData(shop, invoice), 201);
  });
  api.get('/payment/', (context) => {
    const token = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    if ((tokens.get(token) ?? 0) <= now()) {
      throw new NowPaymentsError(401, 'AUTH_REQUIRED', 'Authorization header is empty (Bearer JWTtoken is required)');
    }
    const query = parsePaymentQuery(new URL(context.req.url).searchParams);
    if (query === 'crash') return context.body(errorBody(500, 'INTERNAL_ERROR', 'Internal server error'), 500);
    const found = shop.list(query);
    const data = found.map(({ invoice, payment }) => paymentData(invoice, payment));
    return context.json({ data, limit: query.limit, page: query.page, pagesCount: 1, total: data.length });
  });
  api.get('/payment/:id', (context) => {
    const { invoice, payment }: { invoice: Invoice; payment: Payment } = shop.findPayment(context.req.param('id'));
    return context.json(paymentData(invoice, payment));
  });
  api.all('*', () => {
    throw new NowPaymentsError(404, 'NOT_FOUND', 'Not found');
  });
  return api;
}

/** The id and the price are texts here, and numbers everywhere else. */
function invoiceData(shop: NowPaymentsShop, invoice: Invoice) {
  const { request } = invoice;
  const time = new Date(invoice.createdAtMs).toISOString();
  return {
    id: invoice.id,
    order_id: request.orderId ?? null,
    order_description: request.description ?? null,
    price_amount: String(Number(price(invoice))),
    price_currency: request.currency.toLowerCase(),
    pay_currency: null,
    ipn_callback_url: request.ipnUrl ?? null,
    invoice_url: shop.url(invoice),
    success_url: request.successUrl ?? null,
    cancel_url: request.cancelUrl ?? null,
    created_at: time,
    updated_at: time,
  };
}

async function jsonFields(context: Context): Promise<Record<string, unknown>> {
  const fields = parseJsonObject(await context.req.text());
  if (fields === undefined) throw badRequest('body must be an object');
  return fields;
}
