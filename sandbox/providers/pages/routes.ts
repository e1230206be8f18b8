import type { Context, Hono } from 'hono';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { CallEnv } from '../connection.ts';
import { allFaultKinds, type FaultSettings, VisitRefused, visitActions } from '../contract.ts';
import { setDial } from '../dials.ts';
import { simulators } from '../registry.ts';
import { isObject } from '../requests.ts';
import type { Stations } from '../station.ts';
import { checkoutPage, outagePage } from './checkout.ts';
import { controlPage } from './control.ts';
import { livePart } from './live.ts';

export interface PagesDeps {
  readonly stations: Stations;
  readonly now: () => number;
}

type App = Hono<CallEnv>;

/** Must be added before the APIs: a hosted page may lie under the same path as its API. */
export function addPages(app: App, deps: PagesDeps): void {
  addHostedPages(app, deps);
  addControl(app, deps);
}

function addHostedPages(app: App, { stations, now }: PagesDeps): void {
  const hosted = (name: ProviderName) => (context: Context) => {
    const { provider, faults } = stations[name];
    const url = new URL(context.req.url);
    const reference = provider.findByPage(url.pathname.slice(name.length + 1), url.searchParams);
    const view = reference === undefined ? undefined : provider.view(reference);
    if (faults.controls.outage) return context.html(outagePage(view), 503);
    if (view === undefined) return context.text('There is no such checkout.', 404);
    return context.html(checkoutPage({ view, nowMs: now(), refusal: url.searchParams.get('refused') ?? undefined }));
  };
  for (const name of providerNames) {
    for (const path of simulators[name].pagePaths) app.get(`/${name}${path}`, hosted(name));
  }

  app.get('/status/:provider/:reference', (context) => {
    const name = providerNames.find((known) => known === context.req.param('provider'));
    const view = name === undefined ? undefined : stations[name].provider.view(context.req.param('reference'));
    return view === undefined ? context.notFound() : context.json({ status: view.status });
  });
  app.post('/visit', async (context) => {
    const form = await context.req.parseBody();
    const name = providerNames.find((known) => known === form['provider']);
    const action = visitActions.find((known) => known === form['action']);
    const reference = form['reference'];
    if (name === undefined || action === undefined || typeof reference !== 'string') return context.notFound();
    const { provider } = stations[name];
    const record = provider.records().find((known) => known.reference === reference);
    const pageUrl = provider.view(reference)?.pageUrl ?? record?.checkoutUrl;
    if (pageUrl === undefined) return context.notFound();
    const target = new URL(pageUrl);
    try {
      provider.visit({ reference, action });
    } catch (error) {
      if (!(error instanceof VisitRefused)) throw error;
      target.searchParams.set('refused', error.message);
    }
    const returnUrl = action === 'walk_away' ? provider.view(reference)?.returnUrl : undefined;
    return context.redirect(returnUrl ?? `${target.pathname}${target.search}`, 303);
  });
}

/** Must be added after the APIs, which answer for what lies below their own paths. */
export function addShopPages(app: App, stations: Stations): void {
  for (const name of providerNames) {
    const { provider, faults } = stations[name];
    if (provider.pages === undefined) continue;
    app.use(`/${name}/*`, async (context, next) => {
      if (!faults.controls.outage) return next();
      return context.html(outagePage(undefined), 503);
    });
    app.route(`/${name}`, provider.pages);
  }
}

function addControl(app: App, { stations, now }: PagesDeps): void {
  app.get('/', (context) => context.html(controlPage(stations, now())));
  app.get('/control/live', (context) => context.html(livePart(stations, now())));
  app.post('/control/faults', async (context) => {
    const body: unknown = await context.req.json();
    const name = isObject(body) ? providerNames.find((known) => known === body['provider']) : undefined;
    if (name === undefined || !isObject(body) || !isObject(body['change'])) return context.text('Malformed', 400);
    stations[name].faults.controls.set(parseChange(body['change']));
    // Ending an outage lets the waiting webhooks go.
    stations[name].deliveries.worker();
    return context.json(stations[name].faults.controls.get());
  });
  app.post('/control/dial', async (context) => {
    const body: unknown = await context.req.json();
    const owner = isObject(body) ? providerNames.find((known) => known === body['provider']) : undefined;
    if (owner === undefined || !isObject(body)) return context.text('Malformed', 400);
    try {
      setDial(stations[owner].provider, { name: String(body['name']), value: String(body['value']) });
    } catch (error) {
      if (!(error instanceof VisitRefused)) throw error;
      return context.text(error.message, 400);
    }
    return context.json({});
  });
  app.post('/control/reset', async (context) => {
    const body: unknown = await context.req.json();
    const name = isObject(body) ? providerNames.find((known) => known === body['provider']) : undefined;
    if (name === undefined) return context.text('Malformed', 400);
    stations[name].faults.controls.reset();
    stations[name].deliveries.worker();
    return context.json(stations[name].faults.controls.get());
  });
}

const switches = ['outage', 'reorderWebhooks'] as const;
const numbers = [
  'failRate',
  'refuseWith',
  'lateMs',
  'retryAfterSeconds',
  'dropWebhooks',
  'duplicateWebhooks',
  'duplicateWebhooksRate',
  'delayWebhooksMs',
  'delayWebhooksRate',
  'delayWebhooksSpread',
  'reorderWebhooksRate',
] as const;

function parseChange(change: Record<string, unknown>): Partial<FaultSettings> {
  const result: Partial<FaultSettings> = {};
  for (const name of switches) {
    const value = change[name];
    if (typeof value === 'boolean') result[name] = value;
  }
  for (const name of numbers) {
    const value = change[name];
    if (typeof value === 'number' && value >= 0) result[name] = value;
  }
  const kinds = change['failKinds'];
  if (Array.isArray(kinds)) result.failKinds = allFaultKinds.filter((kind) => kinds.includes(kind));
  return result;
}
