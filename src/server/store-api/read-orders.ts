import { createRoute, z } from '@hono/zod-openapi';
import { orderStatuses } from '#orders/order.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { getOrderDetails, listOrderViews } from '#payments/lifecycle/get-order.ts';
import { viewOrder } from '#payments/lifecycle/order-view.ts';
import { notFound, problem } from '../kit/problem.ts';
import { orderPageSchema, orderSchema } from './answer-schemas.ts';
import { bearer, jsonOf, ordersTag, problemOf, refusals, type StoreApi } from './described.ts';
import { orderIdParameter } from './fields.ts';

const pageLimits = { default: 20, max: 100 };

const limitWords = `must be a whole number from 1 to ${pageLimits.max}`;

const listQuery = z.object({
  status: z
    .preprocess(
      (given) => (given === undefined ? [] : [given].flat().flatMap(splitWords)),
      z.array(z.enum(orderStatuses, `must be one or more of ${orderStatuses.join(', ')}`)),
    )
    .optional()
    .openapi({ description: 'Repeated, or separated by commas.' }),
  cursor: z.string().optional().openapi({ description: '`next_cursor` of the page before.' }),
  limit: z
    .preprocess(
      readLimit,
      z.int(limitWords).min(1, limitWords).max(pageLimits.max, limitWords).default(pageLimits.default),
    )
    .optional(),
});

function splitWords(text: unknown): string[] {
  return String(text)
    .split(',')
    .filter((word) => word !== '');
}

/** A number with an exponent, a sign or a fraction stays a text, which the schema refuses. */
function readLimit(given: unknown): unknown {
  if (given === '') return undefined;
  return typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : given;
}

const getRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  tags: [ordersTag.name],
  operationId: 'getOrder',
  summary: 'One order with its payments and timeline',
  description:
    'By the `id` that its creation answered. The timeline says when each status came, and what evidence it rests on.',
  security: bearer,
  request: { params: orderIdParameter },
  responses: { 200: jsonOf('The order.', orderSchema), ...refusals },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/orders',
  tags: [ordersTag.name],
  operationId: 'listOrders',
  summary: 'Orders, newest first',
  description: 'A page at a time: `next_cursor` leads to the one after, and is null on the last.',
  security: bearer,
  request: { query: listQuery },
  responses: {
    200: jsonOf('A page of orders.', orderPageSchema),
    400: problemOf('A parameter is wrong.'),
    ...refusals,
  },
});

export function addReadOrders(app: StoreApi, { payments }: { payments: PaymentDeps }): void {
  app.openapi(listRoute, async (context) => {
    const { status = [], cursor, limit = pageLimits.default } = context.req.valid('query');
    const statuses = status.length === 0 ? null : status;
    const page = await listOrderViews(payments, { statuses, cursor: cursor || null, limit });
    if (page.kind === 'page') return context.json({ data: page.orders, next_cursor: page.nextCursor }, 200);
    const fault = { parameter: 'cursor', detail: 'is not a cursor of this list' };
    return problem({ status: 400, detail: 'The query has faults.', errors: [fault] });
  });
  app.openapi(getRoute, async (context) => {
    const details = await getOrderDetails(payments, context.req.valid('param'));
    return details === undefined ? notFound() : context.json(viewOrder(details), 200);
  });
}
