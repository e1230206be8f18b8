import type { Context, Hono } from 'hono';
import type { WebhookDelivery } from '../contract.ts';
import type { ProviderHost } from '../host.ts';
import { isObject, isWebAddress } from '../requests.ts';
import { apiError, invalidField } from './errors.ts';
import type { Hook } from './hook.ts';
import { seconds } from './invoice.ts';

// BTCPay: Webhooks, management and deliveries. A real store has as many as it likes; this one has one, or none.

export interface WebhookRoutes {
  readonly hook: Hook;
  readonly deliveries: ProviderHost['deliveries'];
  readonly secret: string;
  readonly allow: (context: Context) => void;
  readonly jsonFields: (context: Context) => Promise<Record<string, unknown>>;
}

const deliveriesDefault = 100;

export function addWebhookRoutes(api: Hono, routes: WebhookRoutes): void {
  const { hook, deliveries, allow, jsonFields, secret } = routes;
  const all = '/stores/:storeId/webhooks';
  const one = `${all}/:id`;
  /** The one that the path names. */
  const found = (context: Context): object => {
    allow(context);
    const data = webhookData(routes);
    if (data === undefined || context.req.param('id') !== hook.id) {
      throw apiError(404, 'webhook-not-found', 'The webhook was not found');
    }
    return data;
  };

  api.get(all, (context) => {
    allow(context);
    const data = webhookData(routes);
    return context.json(data === undefined ? [] : [data]);
  });
  api.post(all, async (context) => {
    allow(context);
    const fields = await jsonFields(context);
    if (deliveries.url() !== undefined) throw invalidField('url', 'The sandbox keeps one webhook: change that one');
    if ((fields['secret'] ?? secret) !== secret) throw invalidField('secret', 'The sandbox keeps the secret it has');
    change(routes, fields);
    // The secret is shown only once.
    return context.json({ ...webhookData(routes), secret });
  });
  api.get(one, (context) => context.json(found(context)));
  api.put(one, async (context) => {
    found(context);
    change(routes, await jsonFields(context));
    return context.json(found(context));
  });
  api.delete(one, (context) => {
    found(context);
    deliveries.setUrl(undefined);
    return context.body(null, 200);
  });
  api.get(`${one}/deliveries`, (context) => {
    found(context);
    const count = Number(context.req.query('count') ?? deliveriesDefault);
    const sent = deliveries.log.filter(({ attempt }) => attempt > 0).toReversed();
    return context.json(sent.slice(0, count).map(deliveryData));
  });
}

function webhookData({ hook, deliveries }: WebhookRoutes): object | undefined {
  const url = deliveries.url();
  if (url === undefined) return undefined;
  const { id, isEnabled, specificEvents } = hook;
  const authorizedEvents = { everything: specificEvents === undefined, specificEvents: specificEvents ?? [] };
  return { id, enabled: isEnabled, automaticRedelivery: true, url, authorizedEvents };
}

function change({ hook, deliveries }: WebhookRoutes, fields: Readonly<Record<string, unknown>>): void {
  const { url, enabled = true, automaticRedelivery = true, authorizedEvents = { everything: true } } = fields;
  if (typeof url !== 'string' || !isWebAddress(url)) throw invalidField('url', 'The url is invalid');
  if (typeof enabled !== 'boolean') throw invalidField('enabled', 'Should be true or false');
  if (automaticRedelivery !== true) throw invalidField('automaticRedelivery', 'The sandbox always delivers again');
  if (!isObject(authorizedEvents)) throw invalidField('authorizedEvents', 'Should be an object');
  const { everything = false, specificEvents = [] } = authorizedEvents;
  if (!Array.isArray(specificEvents)) throw invalidField('authorizedEvents.specificEvents', 'Should be an array');
  deliveries.setUrl(url);
  hook.isEnabled = enabled;
  hook.specificEvents = everything === true ? undefined : specificEvents.map(String);
}

function deliveryData({ attempt, atMs, body, outcome, status }: WebhookDelivery): object {
  const { deliveryId } = JSON.parse(body) as { deliveryId: string };
  return {
    id: deliveryId,
    timestamp: seconds(atMs),
    deliveryTime: seconds(atMs),
    httpCode: status ?? null,
    errorMessage: status === undefined ? 'The server did not answer' : null,
    status: statuses[outcome],
    isRedelivery: attempt > 1,
  };
}

const statuses: Readonly<Record<WebhookDelivery['outcome'], string>> = {
  delivered: 'HttpSuccess',
  refused: 'HttpError',
  unreachable: 'Failed',
  dropped: 'Failed',
  no_target: 'Failed',
};
