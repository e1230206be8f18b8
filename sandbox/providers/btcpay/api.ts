import { type Context, Hono } from 'hono';
import type { ProviderHost } from '../host.ts';
import { isJsonType } from '../requests.ts';
import { apiError, BtcPayError, invalidField, missingPermission } from './errors.ts';
import type { Hook } from './hook.ts';
import { type Invoice, invoiceData, paymentMethodsData } from './invoice.ts';
import { pullPaymentData } from './pull-payment.ts';
import { addClaimRoutes, addPullPaymentRoutes, pullPaymentPermissions } from './pull-payment-api.ts';
import { parseBody, parseInvoice, parseList } from './requests.ts';
import type { BtcPayStore } from './store.ts';
import { addWebhookRoutes } from './webhook-api.ts';

// BTCPay: Greenfield API; below `/btcpay/api/v1`. Only the routes nested under the store, which every version has.

export const permissions = {
  create: 'btcpay.store.cancreateinvoice',
  view: 'btcpay.store.canviewinvoices',
  modify: 'btcpay.store.canmodifyinvoices',
  refund: 'btcpay.store.cancreatenonapprovedpullpayments',
  ...pullPaymentPermissions,
  webhooks: 'btcpay.store.webhooks.canmodifywebhooks',
} as const;

export interface BtcPayApiOptions {
  readonly apiKey: string;
  readonly storeId: string;
  /** Those of the key, each meant for the one store. */
  readonly permissions: readonly string[];
  readonly webhookSecret: string;
}

export interface BtcPayApiDeps {
  readonly store: BtcPayStore;
  readonly host: ProviderHost;
  readonly hook: Hook;
}

export function createBtcPayApi({ store, host, hook }: BtcPayApiDeps, options: BtcPayApiOptions): Hono {
  const api = new Hono();
  const { origin } = host;
  const show = (invoice: Invoice) => invoiceData(invoice, { origin: origin() });
  const allow = (context: Context, permission: string) => {
    const isHere = context.req.param('storeId') === options.storeId;
    if (!isHere || !options.permissions.includes(permission)) throw missingPermission(permission);
  };
  const invoiceOf = (context: Context) => store.get(context.req.param('id') ?? '');

  api.onError((error, context) => {
    if (!(error instanceof BtcPayError)) throw error;
    return context.body(error.body, error.status, { 'Content-Type': 'application/json' });
  });
  api.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('Date', new Date(host.now()).toUTCString());
  });
  // Anybody may ask: a load balancer does, and every client before its first call.
  api.get('/health', (context) => context.json({ synchronized: true }));
  addClaimRoutes(api, { pulls: store.pulls, origin, jsonFields });
  api.use('*', async (context, next) => {
    if (context.req.header('authorization') !== `token ${options.apiKey}`) {
      throw apiError(401, 'unauthenticated', 'Authentication is required for accessing this endpoint');
    }
    store.tick();
    await next();
  });

  api.get('/api-keys/current', (context) => {
    const held = options.permissions.map((permission) => `${permission}:${options.storeId}`);
    return context.json({ apiKey: options.apiKey, label: 'sandbox', permissions: held });
  });
  const invoices = '/stores/:storeId/invoices';
  api.post(invoices, async (context) => {
    allow(context, permissions.create);
    const invoice = store.create(parseInvoice(await jsonFields(context)), { isForeign: false });
    return context.json(show(invoice));
  });
  api.get(invoices, (context) => {
    allow(context, permissions.view);
    return context.json(store.list(parseList(new URL(context.req.url).searchParams)).map(show));
  });
  api.get(`${invoices}/:id`, (context) => {
    allow(context, permissions.view);
    return context.json(show(invoiceOf(context)));
  });
  api.put(`${invoices}/:id`, async (context) => {
    allow(context, permissions.modify);
    const { metadata } = await jsonFields(context);
    const invoice = invoiceOf(context);
    if (typeof metadata !== 'object' || metadata === null) throw invalidField('metadata', 'Should be an object');
    invoice.request = { ...invoice.request, metadata: { ...metadata } };
    return context.json(show(invoice));
  });
  api.delete(`${invoices}/:id`, (context) => {
    allow(context, permissions.modify);
    invoiceOf(context).isArchived = true;
    return context.body(null, 200);
  });
  api.post(`${invoices}/:id/unarchive`, (context) => {
    allow(context, permissions.modify);
    const invoice = invoiceOf(context);
    invoice.isArchived = false;
    return context.json(show(invoice));
  });
  api.post(`${invoices}/:id/status`, async (context) => {
    allow(context, permissions.modify);
    const { status } = await jsonFields(context);
    const invoice = invoiceOf(context);
    store.mark(invoice, status);
    return context.json(show(invoice));
  });
  api.get(`${invoices}/:id/payment-methods`, (context) => {
    allow(context, permissions.view);
    const onlyAccounted = context.req.query('onlyAccountedPayments') !== 'false';
    return context.json(paymentMethodsData(invoiceOf(context), { onlyAccounted }));
  });
  api.post(`${invoices}/:id/refund`, async (context) => {
    allow(context, permissions.refund);
    const fields = await jsonFields(context);
    return context.json(pullPaymentData(store.refund(invoiceOf(context), fields, { isByHand: false }), origin()));
  });
  addPullPaymentRoutes(api, { pulls: store.pulls, origin, allow, jsonFields });
  addWebhookRoutes(api, {
    hook,
    deliveries: host.deliveries,
    secret: options.webhookSecret,
    allow: (context) => allow(context, permissions.webhooks),
    jsonFields,
  });
  api.all('*', () => {
    throw apiError(404, 'not-found', 'There is nothing here');
  });
  return api;
}

async function jsonFields(context: Context): Promise<Record<string, unknown>> {
  if (!isJsonType(context.req.header('content-type'))) {
    throw apiError(400, 'invalid-content-type', 'Content-Type must be application/json');
  }
  return parseBody(await context.req.text());
}
