// The store API in words: routes as OpenAPI shows them. What a request must fulfil is checked by the handlers.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { orderStatuses } from '#orders/order.ts';
import { problemContentType } from '../kit/problem.ts';
import { orderPageSchema, orderSchema, placedOrderSchema, problemSchema, refundSchema } from './answer-schemas.ts';
import { orderRequestSchema } from './order-request.ts';
import { refundRequestSchema } from './refund-order.ts';

/** The page sizes of the list. */
export const pageLimits = { default: 20, max: 100 };

function problemOf(description: string) {
  return { description, content: { [problemContentType]: { schema: problemSchema } } };
}

const refusals = { 401: problemOf('The bearer key is missing or wrong.') };
const bearer = [{ storeKey: [] }];
const tag = { name: 'Orders', description: 'What customers buy, and how it is paid' };

const placeOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders',
  tags: [tag.name],
  operationId: 'placeOrder',
  summary: 'Create an order and a payment at a provider',
  description:
    'Send the customer to `payment.checkout_url`. With an `Idempotency-Key` the request can be sent again after a time-out: it makes one order only.',
  security: bearer,
  request: {
    headers: z.object({
      'idempotency-key': z.string().max(255).optional().openapi({
        description: 'Same key and same body: same order. Same key and another body: 422.',
      }),
    }),
    body: { required: true, content: { 'application/json': { schema: orderRequestSchema } } },
  },
  responses: {
    201: {
      description: 'The order with its payment. `Idempotent-Replayed: true` marks the answer to a repeat.',
      content: { 'application/json': { schema: placedOrderSchema } },
    },
    400: problemOf('The body is not JSON, or the Idempotency-Key is malformed.'),
    ...refusals,
    409: problemOf('The same request is still in hand.'),
    413: problemOf('The body is too large.'),
    415: problemOf('The body is not application/json.'),
    422: problemOf('The order cannot be accepted as it is, or the key was used with another body.'),
    502: problemOf('The provider refused the payment; `order_id` names the order.'),
    503: problemOf('The provider could not be reached; send the same request with the same key again.'),
  },
});

const getOrderRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  tags: [tag.name],
  operationId: 'getOrder',
  summary: 'One order with its payments and timeline',
  description:
    'By the `id` that its creation answered. The timeline says when each status came, and whose word it rests on.',
  security: bearer,
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: { description: 'The order.', content: { 'application/json': { schema: orderSchema } } },
    ...refusals,
    404: problemOf('There is no such order.'),
  },
});

const listOrdersRoute = createRoute({
  method: 'get',
  path: '/v1/orders',
  tags: [tag.name],
  operationId: 'listOrders',
  summary: 'Orders, newest first',
  description: 'A page at a time: `next_cursor` leads to the one after, and is null on the last.',
  security: bearer,
  request: {
    query: z.object({
      status: z.array(z.enum(orderStatuses)).optional().openapi({ description: 'Repeated, or separated by commas.' }),
      cursor: z.string().optional().openapi({ description: '`next_cursor` of the page before.' }),
      limit: z.int().min(1).max(pageLimits.max).optional().openapi({ default: pageLimits.default }),
    }),
  },
  responses: {
    200: { description: 'A page of orders.', content: { 'application/json': { schema: orderPageSchema } } },
    400: problemOf('A parameter is wrong.'),
    ...refusals,
  },
});

const refundOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/refunds',
  tags: [tag.name],
  operationId: 'refundOrder',
  summary: 'Give money of an order back',
  description:
    'Asks the provider to give back all that came, or a part of it; never more than came. The answer says that it was asked for: how it goes on is in `refunds` of the order, and `order.refunded` is announced when the money has gone back.',
  security: bearer,
  request: {
    params: z.object({ id: z.string() }),
    headers: z.object({ 'idempotency-key': z.string().max(255).optional() }),
    body: { required: true, content: { 'application/json': { schema: refundRequestSchema } } },
  },
  responses: {
    201: {
      description: 'The refund. `Idempotent-Replayed: true` marks the answer to a repeat.',
      content: { 'application/json': { schema: refundSchema } },
    },
    400: problemOf('The body is not JSON, or the Idempotency-Key is malformed.'),
    ...refusals,
    404: problemOf('There is no such order.'),
    413: problemOf('The body is too large.'),
    415: problemOf('The body is not application/json.'),
    422: problemOf('The refund cannot be asked for as it is; `code` says why.'),
  },
});

export function describeStoreApi(build: { version: string }): object {
  const described = new OpenAPIHono();
  const registry = described.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'storeKey', { type: 'http', scheme: 'bearer' });
  for (const route of [placeOrderRoute, getOrderRoute, listOrdersRoute, refundOrderRoute]) registry.registerPath(route);
  return described.getOpenAPI31Document({
    openapi: '3.1.0',
    tags: [tag],
    info: {
      title: 'Tillkeeper store API',
      version: build.version,
      description: "Creates orders and tells their state to the shop's site. Amounts are decimal strings.",
    },
  });
}
