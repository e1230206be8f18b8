import { type Context, Hono } from 'hono';
import { isJsonType, parseJsonObject } from '../requests.ts';
import { BitPayError, codedError, plainError } from './errors.ts';
import { type Invoice, invoiceData, places } from './invoice.ts';
import { toExactJson } from './json.ts';
import type { BitPayLedgers } from './ledger.ts';
import { addLedgerRoutes } from './ledger-api.ts';
import { rates } from './rates.ts';
import type { BitPayRefunds } from './refunds.ts';
import { parseInvoice, parseList, parseRefund } from './requests.ts';
import type { BitPaySettlements } from './settlements.ts';
import type { BitPayShop } from './shop.ts';
import { isRequestSigned } from './signatures.ts';

// BitPay: Base and headers, Facades, Invoices, Refunds; below `/bitpay`. The routes of the ledger have a file of their own.

export interface BitPayApiOptions {
  readonly posToken: string;
  readonly merchantToken: string | undefined;
  /** Compressed, hex: the key that was paired with the merchant token. */
  readonly clientPublicKeyHex: string | undefined;
  /** Some calls of the real one answer errors with 200. */
  readonly errorsWithStatus200: boolean;
}

export interface BitPayApiDeps {
  readonly shop: BitPayShop;
  readonly refunds: BitPayRefunds;
  readonly ledgers: BitPayLedgers;
  readonly settlements: BitPaySettlements;
  readonly tick: () => void;
  readonly now: () => number;
  readonly verifiesSignatures: boolean;
  /** The URL as the client wrote it: scheme, host, port, path and query. */
  readonly urlOf: (context: Context) => string;
}

interface Caller {
  readonly facade: 'pos' | 'merchant';
  readonly token: string;
}

export function createBitPayApi(deps: BitPayApiDeps, options: BitPayApiOptions): Hono {
  const api = new Hono();
  api.onError((error, context) => {
    if (!(error instanceof BitPayError)) throw error;
    const status = options.errorsWithStatus200 ? 200 : error.status;
    return context.body(error.body, status, { 'Content-Type': 'application/json' });
  });
  api.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('Date', new Date(deps.now()).toUTCString());
  });
  api.use('*', async (context, next) => {
    if (context.req.header('x-accept-version') !== '2.0.0') throw plainError(400, 'X-Accept-Version must be 2.0.0');
    deps.tick();
    await next();
  });
  const identify = createIdentify(deps, options);
  addInvoiceRoutes(api, { ...deps, identify });
  const merchant = async (context: Context, resourceToken?: string) => {
    const { caller, fields } = await identify(context, resourceToken);
    merchantOnly(caller);
    return fields;
  };
  addRefundRoutes(api, { ...deps, merchant });
  addLedgerRoutes(api, { ...deps, merchant, answer });
  api.get('/rates', (context) => answer(context, { data: rates() }));
  api.all('*', () => {
    throw plainError(404, 'Object not found');
  });
  return api;
}

type Identify = ReturnType<typeof createIdentify>;
type RouteDeps = BitPayApiDeps & { readonly identify: Identify };

/** Who calls, and with which fields: the token is in the query of GET and DELETE and in the body of POST and PUT. */
function createIdentify(deps: BitPayApiDeps, options: BitPayApiOptions) {
  return async (
    context: Context,
    resourceToken?: string,
  ): Promise<{ caller: Caller; fields: Record<string, unknown> }> => {
    const hasBody = context.req.method === 'POST' || context.req.method === 'PUT';
    const body = hasBody ? await context.req.text() : '';
    if (hasBody && !isJsonType(context.req.header('content-type'))) {
      throw plainError(400, 'Content-Type must be application/json');
    }
    const fields = hasBody ? parseJsonObject(body) : {};
    if (fields === undefined) throw plainError(400, 'Malformed JSON');
    const token = hasBody ? fields['token'] : context.req.query('token');
    if (token === undefined) throw plainError(401, 'Unauthorized: token is missing');
    if (token === options.posToken) return { caller: { facade: 'pos', token: options.posToken }, fields };
    if (options.merchantToken === undefined || token !== (resourceToken ?? options.merchantToken)) {
      throw plainError(401, 'Unauthorized: token is unknown');
    }
    const identity = context.req.header('x-identity');
    const signature = context.req.header('x-signature');
    const isOurs = identity !== undefined && identity === options.clientPublicKeyHex;
    const isGood = () => isRequestSigned({ identity, signature, text: deps.urlOf(context) + body });
    if (!isOurs || signature === undefined || (deps.verifiesSignatures && !isGood())) {
      throw plainError(401, 'Invalid signature');
    }
    return { caller: { facade: 'merchant', token: options.merchantToken }, fields };
  };
}

function merchantOnly({ facade }: Caller): void {
  if (facade !== 'merchant') throw plainError(401, 'This endpoint does not support the pos facade');
}

function addInvoiceRoutes(api: Hono, { shop, identify, now }: RouteDeps): void {
  const show = (context: Context, invoice: Invoice, { facade }: Caller) =>
    answer(context, {
      facade: `${facade}/invoice`,
      data: invoiceData(invoice, { url: shop.url(invoice), nowMs: now() }),
    });
  const byGuid = (guid: string) => {
    const invoice = shop.findByGuid(guid);
    if (invoice === undefined) throw plainError(404, 'Object not found');
    return invoice;
  };

  api.post('/invoices', async (context) => {
    const { caller, fields } = await identify(context);
    const about = { apiToken: caller.token, facade: caller.facade, isForeign: false };
    return show(context, shop.create(parseInvoice(fields), about), caller);
  });
  api.get('/invoices', async (context) => {
    const { caller } = await identify(context);
    merchantOnly(caller);
    const found = shop.list(parseList(new URL(context.req.url).searchParams));
    const data = found.map((invoice) => invoiceData(invoice, { url: shop.url(invoice), nowMs: now() }));
    return answer(context, { facade: 'merchant/invoice', data });
  });
  for (const [path, find] of [
    ['/invoices/guid/:key', byGuid],
    ['/invoices/:key', (id: string) => shop.get(id)],
  ] as const) {
    api.get(path, async (context) => {
      const { caller } = await identify(context);
      if (find === byGuid) merchantOnly(caller);
      return show(context, find(context.req.param('key')), caller);
    });
    api.delete(path, async (context) => {
      const { caller } = await identify(context);
      merchantOnly(caller);
      const invoice = find(context.req.param('key'));
      shop.cancel(invoice, { isForced: context.req.query('forceCancel') === 'true' });
      return show(context, invoice, caller);
    });
  }
  api.post('/invoices/:id/notifications', async (context) => {
    const fields = parseJsonObject(await context.req.text());
    const invoice = shop.get(context.req.param('id'));
    if (fields?.['token'] !== invoice.resourceToken) throw plainError(401, 'Unauthorized: token is unknown');
    shop.notifyAgain(invoice);
    return answer(context, { data: 'Success' });
  });
}

type Merchant = (context: Context) => Promise<Record<string, unknown>>;

function addRefundRoutes(api: Hono, { shop, refunds, merchant }: BitPayApiDeps & { merchant: Merchant }): void {
  api.post('/refunds', async (context) => {
    const fields = await merchant(context);
    const invoiceId = fields['invoiceId'];
    const currencyPlaces = typeof invoiceId === 'string' ? places(shop.get(invoiceId)) : 2;
    return answer(context, { data: refunds.data(refunds.create(parseRefund(fields, currencyPlaces))) });
  });
  api.get('/refunds', async (context) => {
    await merchant(context);
    const invoice = shop.get(context.req.query('invoiceId') ?? '');
    return answer(context, { data: refunds.of(invoice).map((refund) => refunds.data(refund)) });
  });
  api.get('/refunds/guid/:guid', async (context) => {
    await merchant(context);
    const refund = refunds.findByGuid(context.req.param('guid'));
    if (refund === undefined) throw plainError(404, 'Object not found');
    return answer(context, { data: refunds.data(refund) });
  });
  api.get('/refunds/:id', async (context) => {
    await merchant(context);
    return answer(context, { data: refunds.data(refunds.get(context.req.param('id'))) });
  });
  api.put('/refunds/:id', async (context) => {
    const fields = await merchant(context);
    if (fields['status'] !== 'created') throw codedError(400, '030302', 'status must be created');
    const refund = refunds.get(context.req.param('id'));
    refunds.confirmPreview(refund);
    return answer(context, { data: refunds.data(refund) });
  });
  api.delete('/refunds/:id', async (context) => {
    await merchant(context);
    const refund = refunds.get(context.req.param('id'));
    refunds.cancel(refund);
    return answer(context, { data: refunds.data(refund) });
  });
}

function answer(context: Context, body: object): Response {
  return context.body(toExactJson(body), 200, { 'Content-Type': 'application/json' });
}
