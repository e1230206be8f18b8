import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Counter, createCounter, type Sale } from './counter.ts';
import { frontPage, orderPage, orderSlip, refusalPage, toldList } from './pages.ts';
import { type Announcement, createReceivedEvents, type ReceivedEvents } from './received-events.ts';
import { createTillClient, payWith, type TillClient, type TillOrder, TillRefused } from './till-client.ts';

// A shop's site as an owner of Tillkeeper would have it: it places orders over the store API, sends the customer to the
// checkout, and is notified of payments by signed webhooks. It shares nothing with the product.

export interface ShopOptions {
  readonly port: number;
  readonly tillUrl: string;
  readonly apiKey: string;
  /** `whsec_…` */
  readonly webhookSecret: string;
  readonly now: () => number;
}

export interface Shop {
  readonly url: string;
  readonly till: TillClient;
  /** What the buy button does. */
  buy: Counter['buy'];
  announcements(): readonly Announcement[];
  stop(): Promise<void>;
}

export const shopWebhookPath = '/webhooks/tillkeeper';

const host = '127.0.0.1';
const bodyMax = 128 * 1024;

interface Parts {
  till: TillClient;
  counter: Counter;
  events: ReceivedEvents;
}

export async function startShop(options: ShopOptions): Promise<Shop> {
  const url = `http://${host}:${options.port}`;
  const till = createTillClient({ url: options.tillUrl, apiKey: options.apiKey });
  const counter = createCounter({ till, returnUrl: (key) => `${url}/orders/${key}` });
  const events = createReceivedEvents({ secret: options.webhookSecret, now: options.now });
  const app = new Hono();
  addFront(app, { till, counter, events });
  addEventRoute(app, events);
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host });
  server.listen(options.port, host);
  await once(server, 'listening');
  return {
    url,
    till,
    buy: counter.buy,
    announcements: events.announcements,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

function addFront(app: Hono, { till, counter, events }: Parts): void {
  app.get('/', (context) =>
    context.html(frontPage({ key: randomUUID(), announcements: events.announcements() }), 200, {
      'cache-control': 'no-store',
    }),
  );
  app.get('/told', (context) => context.html(toldList(events.announcements())));
  app.post('/buy', bodyLimit({ maxSize: bodyMax }), async (context) => {
    const form = await context.req.parseBody();
    const chosen = payWith.find((name) => name === form['payWith']) ?? 'auto';
    const key = String(form['key'] ?? randomUUID());
    try {
      await counter.buy({ key, sku: String(form['sku']), email: String(form['email']), payWith: chosen });
    } catch (error) {
      const message = error instanceof TillRefused ? error.message : 'The till does not answer. Try again in a moment.';
      return context.html(refusalPage(message), 502);
    }
    const order = await lookUp(till, counter.findSale(key));
    return context.redirect(order?.payment?.checkout_url ?? `/orders/${key}`, 303);
  });
  app.get('/orders/:key', async (context) => {
    const sale = counter.findSale(context.req.param('key'));
    const order = await lookUp(till, sale);
    if (sale === undefined || order === undefined) {
      return context.html(refusalPage('There is no such order in this shop.'), 404);
    }
    return context.html(orderPage({ sale, order }));
  });
  app.get('/orders/:key/slip', async (context) => {
    const sale = counter.findSale(context.req.param('key'));
    const order = await lookUp(till, sale);
    return sale === undefined || order === undefined ? context.notFound() : context.html(orderSlip({ sale, order }));
  });
}

function addEventRoute(app: Hono, events: ReceivedEvents): void {
  app.post(shopWebhookPath, bodyLimit({ maxSize: bodyMax }), async (context) => {
    const lie = events.take({
      id: context.req.header('webhook-id'),
      timestamp: context.req.header('webhook-timestamp'),
      signature: context.req.header('webhook-signature'),
      body: await context.req.text(),
    });
    return lie === null ? context.body(null, 204) : context.text(lie, 401);
  });
}

/** Undefined when the shop does not know the sale, or the till not the order, or does not answer. */
async function lookUp(till: TillClient, sale: Sale | undefined): Promise<TillOrder | undefined> {
  if (sale?.orderId === undefined) return undefined;
  try {
    return await till.getOrder(sale.orderId);
  } catch {
    return undefined;
  }
}
