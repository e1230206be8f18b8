// Raw bytes -> verified -> durable -> 200. Nothing is processed in the request, and the sender does not learn why a signature
// was refused.
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { EventLog } from '#kernel/process.ts';
import { isProviderName } from '#kernel/provider-name.ts';
import type { WebhookDelivery } from '#payments/ports/payment-provider.ts';
import type { ReceiveWebhook, WebhookReceipt } from '#payments/webhooks/receive-webhook.ts';
import { brokenBody, notFound, problem, refuseOtherMethods, tooLarge, unavailable } from '../kit/problem.ts';
import { readBody, readIncoming } from '../kit/read-body.ts';
import type { Metrics } from '../operations/metrics.ts';

export const webhookBytesMax = 256 * 1024;
/** For addresses with a secret end; an order of dozens of items is a tenth of it. */
export const secretWebhookBytesMax = 64 * 1024;

/** How long a provider is asked to wait when the event could not be stored. */
const retryAfterSeconds = 30;

export interface WebhookRoutesDeps {
  /** Resolves after the event is on disk; throws when it cannot be stored. */
  receiveWebhook: ReceiveWebhook;
  metrics: Pick<Metrics, 'countWebhook'>;
  log: EventLog;
}

/** Without this header the adaptor would send an empty body as a chunked one. */
const emptyBody = { 'content-length': '0' };

type Outcome = WebhookReceipt['kind'] | 'too_large' | 'broken' | 'failed';

export function webhookRoutes(deps: WebhookRoutesDeps): Hono {
  const app = new Hono();
  app.post('/webhooks/:provider', (context) => {
    return receive(deps, { context, provider: context.req.param('provider'), bytesMax: webhookBytesMax });
  });
  // The end of the path is a secret: it goes to the adapter and nowhere else.
  app.post('/webhooks/:provider/:pathSecret', (context) => {
    return receive(deps, { context, ...context.req.param(), bytesMax: secretWebhookBytesMax });
  });
  refuseOtherMethods(app, { path: '/webhooks/:provider', allowed: ['POST'] });
  return app;
}

interface Arrival {
  context: Context;
  provider: string;
  pathSecret?: string;
  bytesMax: number;
}

async function receive(deps: WebhookRoutesDeps, arrival: Arrival): Promise<Response> {
  const { outcome, response } = await store(deps, arrival);
  const { provider } = arrival;
  deps.metrics.countWebhook({ provider: isProviderName(provider) ? provider : 'unknown', outcome });
  return response;
}

async function store(deps: WebhookRoutesDeps, arrival: Arrival): Promise<{ outcome: Outcome; response: Response }> {
  const { context, provider, pathSecret, bytesMax } = arrival;
  const request = context.req.raw;
  // The listener hands node's own request over; without a listener, as in a test, there is none.
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  const body = await (incoming ? readIncoming(incoming, bytesMax) : readBody(request, bytesMax));
  if (body.kind === 'too_large') return { outcome: 'too_large', response: tooLarge(bytesMax) };
  if (body.kind === 'broken') return { outcome: 'broken', response: brokenBody() };
  const headers = headersOf(request, incoming?.headers);
  const delivery = { headers, body: body.bytes, ...(pathSecret !== undefined && { pathSecret }) };
  try {
    const receipt = await deps.receiveWebhook({ provider, delivery });
    return { outcome: receipt.kind, response: answer(receipt) };
  } catch (error) {
    deps.log.error('webhook not stored', { provider }, error);
    const detail = 'The event could not be stored: send it again later.';
    return { outcome: 'failed', response: unavailable({ detail, retryAfterSeconds }) };
  }
}

/** Node has the headers as a record already; walking those of a Request would build them all anew. */
function headersOf(request: Request, incoming: IncomingHttpHeaders | undefined): WebhookDelivery['headers'] {
  // Node joins a repeated header into one text, except for set-cookie, which no provider sends and nothing reads.
  return incoming === undefined ? Object.fromEntries(request.headers) : (incoming as Record<string, string>);
}

function answer(receipt: WebhookReceipt): Response {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'irrelevant':
      return new Response(null, { status: 200, headers: emptyBody });
    case 'refused':
      return problem({ status: 401, detail: 'The signature was not accepted.' });
    case 'unknown_provider':
      return notFound();
  }
}
