import { type Context, Hono } from 'hono';
import { storeActor } from '#kernel/actor.ts';
import { asOrderId } from '#kernel/ids.ts';
import { type OrderStatus, orderStatuses } from '#orders/order.ts';
import { placeOrder } from '#payments/collect/place-order.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { getOrderDetails, listOrderViews } from '#payments/lifecycle/get-order.ts';
import { viewOrder } from '#payments/lifecycle/order-view.ts';
import { type Fault, notFound, problem, refuseOtherMethods } from '../kit/problem.ts';
import { isOneOf } from '../kit/secret-match.ts';
import { pageLimits } from './description.ts';
import { readJsonRequest } from './json-body.ts';
import { parseOrderRequest } from './order-request.ts';
import { answerPlacedOrder } from './placed-order-answer.ts';
import { postRefund } from './refund-order.ts';

/** A version 7 UUID, as every id of ours is. */
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface StoreApiDeps {
  payments: PaymentDeps;
  /** Null: the routes answer 404, as if they were not there. */
  access: { keys: readonly string[] } | null;
}

export function storeApiRoutes(deps: StoreApiDeps): Hono {
  const app = new Hono();
  app.use('/v1/*', async (context, next) => {
    const refusal = guard(context, deps.access);
    if (refusal !== undefined) return refusal;
    await next();
    context.res.headers.set('cache-control', 'no-store');
    return undefined;
  });
  app.post('/v1/orders', (context) => postOrder(context, deps));
  app.get('/v1/orders', (context) => getOrders(context, deps));
  app.get('/v1/orders/:id', async (context) => {
    const id = context.req.param('id');
    if (!idPattern.test(id)) return notFound();
    const details = await getOrderDetails(deps.payments, { id: asOrderId(id) });
    return details === undefined ? notFound() : context.json(viewOrder(details));
  });
  app.post('/v1/orders/:id/refunds', (context) => {
    const id = context.req.param('id');
    return idPattern.test(id) ? postRefund(context, { payments: deps.payments, orderId: asOrderId(id) }) : notFound();
  });
  refuseOtherMethods(app, { path: '/v1/orders', allowed: ['GET', 'HEAD', 'POST'] });
  refuseOtherMethods(app, { path: '/v1/orders/:id', allowed: ['GET', 'HEAD'] });
  refuseOtherMethods(app, { path: '/v1/orders/:id/refunds', allowed: ['POST'] });
  return app;
}

function guard(context: Context, access: StoreApiDeps['access']): Response | undefined {
  if (access === null) return notFound();
  const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (given !== undefined && isOneOf(given, access.keys)) return undefined;
  const challenge = `Bearer realm="tillkeeper"${given === undefined ? '' : ', error="invalid_token"'}`;
  return problem({
    status: 401,
    detail: 'A valid bearer key is needed.',
    headers: { 'www-authenticate': challenge },
  });
}

async function postOrder(context: Context, deps: StoreApiDeps): Promise<Response> {
  const json = await readJsonRequest(context);
  if (json instanceof Response) return json;
  const parsed = parseOrderRequest(json.value);
  if (parsed.kind === 'faults') {
    return problem({ status: 422, code: 'invalid_order', detail: 'The order has faults.', errors: parsed.faults });
  }
  const { amountMinor, ...request } = parsed.request;
  const result = await placeOrder(deps.payments, {
    ...request,
    idempotencyKey: json.once?.key ?? null,
    bodyHash: json.once?.bodyHash ?? null,
    origin: 'store',
    actor: storeActor,
    note: null,
  });
  const money = { amountMinor, currency: request.currency };
  return answerPlacedOrder(result, { wanted: request.provider, money, providers: deps.payments.providers });
}

async function getOrders(context: Context, deps: StoreApiDeps): Promise<Response> {
  const query = readQuery(context);
  if (query.faults.length > 0) {
    return problem({ status: 400, detail: 'The query has faults.', errors: query.faults });
  }
  const page = await listOrderViews(deps.payments, query);
  if (page.kind === 'bad_cursor') {
    const fault: Fault = { parameter: 'cursor', detail: 'is not a cursor of this list' };
    return problem({ status: 400, detail: 'The query has faults.', errors: [fault] });
  }
  return context.json({ data: page.orders, next_cursor: page.nextCursor });
}

function readQuery(context: Context): {
  statuses: OrderStatus[] | null;
  cursor: string | null;
  limit: number;
  faults: Fault[];
} {
  const faults: Fault[] = [];
  const words = (context.req.queries('status') ?? []).flatMap((text) => text.split(',')).filter((text) => text !== '');
  const statuses = orderStatuses.filter((status) => words.includes(status));
  if (statuses.length < new Set(words).size) {
    faults.push({ parameter: 'status', detail: `must be one or more of ${orderStatuses.join(', ')}` });
  }
  const text = context.req.query('limit') || String(pageLimits.default);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > pageLimits.max) {
    faults.push({ parameter: 'limit', detail: `must be a whole number from 1 to ${pageLimits.max}` });
  }
  const cursor = context.req.query('cursor') || null;
  return { statuses: words.length === 0 ? null : statuses, cursor, limit, faults };
}
