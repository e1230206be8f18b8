import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { BlankEnv } from 'hono/types';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { notFound, problem, refuseOtherMethods } from '../kit/problem.ts';
import { isOneOf } from '../kit/secret-match.ts';
import type { StoreApi } from './described.ts';
import { refuseParameters } from './faults.ts';
import { addPlaceOrder } from './place-order.ts';
import { addReadOrders } from './read-orders.ts';
import { addRefundOrder } from './refund-order.ts';

export interface StoreApiDeps {
  payments: PaymentDeps;
  /** Null: the routes answer 404, as if they did not exist. */
  access: { keys: readonly string[] } | null;
}

/** The routes of `/v1`. The schemas of each route validate its requests and make its part of the OpenAPI document. */
export function storeApiRoutes(deps: StoreApiDeps): StoreApi {
  const app = new OpenAPIHono<BlankEnv>({ defaultHook: refuseParameters });
  app.use('/v1/*', async (context, next) => {
    const refusal = guard(context, deps.access);
    if (refusal !== undefined) return refusal;
    await next();
    context.res.headers.set('cache-control', 'no-store');
    return undefined;
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'storeKey', { type: 'http', scheme: 'bearer' });
  addPlaceOrder(app, deps);
  addReadOrders(app, deps);
  addRefundOrder(app, deps);
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
