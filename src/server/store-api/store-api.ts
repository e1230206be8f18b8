import { OpenAPIHono } from '@hono/zod-openapi';
import type { BlankEnv } from 'hono/types';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { refuseBearer } from '../kit/bearer.ts';
import type { KeyGuard } from '../kit/key-guard.ts';
import { notFound, refuseOtherMethods } from '../kit/problem.ts';
import type { StoreApi } from './described.ts';
import { refuseParameters } from './faults.ts';
import { addPlaceOrder } from './place-order.ts';
import { addReadOrders } from './read-orders.ts';
import { addRefundOrder } from './refund-order.ts';

export interface StoreApiDeps {
  payments: PaymentDeps;
  /** Null: the routes answer 404, as if they did not exist. */
  access: { keys: readonly string[] } | null;
  guard: KeyGuard;
  holdsSecret(text: string): boolean;
}

/** The routes of `/v1`. The schemas of each route validate its requests and make its part of the OpenAPI document. */
export function storeApiRoutes(deps: StoreApiDeps): StoreApi {
  const app = new OpenAPIHono<BlankEnv>({ defaultHook: refuseParameters });
  app.use('/v1/*', async (context, next) => {
    const refusal = deps.access === null ? notFound() : refuseBearer(context, { ...deps.access, guard: deps.guard });
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
