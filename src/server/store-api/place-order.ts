import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { storeActor } from '#kernel/actor.ts';
import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { NoProvider } from '#payments/collect/choose-provider.ts';
import { type PlacedOrder, placeOrder } from '#payments/collect/place-order.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { problem } from '../kit/problem.ts';
import { type PlacedOrderAnswer, placedOrderSchema } from './answer-schemas.ts';
import { bearer, bodyRefusals, jsonOf, ordersTag, problemOf, refusals, type StoreApi } from './described.ts';
import { refuseBody } from './faults.ts';
import { idempotencyHeader } from './fields.ts';
import { jsonBody } from './json-body.ts';
import { orderRequestExample, orderRequestSchema, priceItems } from './order-request.ts';

/** How long the shop is asked to wait: while the same request is being served, and while providers are unavailable. */
const busySeconds = 2;
const outageSeconds = 30;

const route = createRoute({
  method: 'post',
  path: '/v1/orders',
  tags: [ordersTag.name],
  operationId: 'placeOrder',
  summary: 'Create an order and a payment at a provider',
  description:
    'Send the customer to `payment.checkout_url`. With an `Idempotency-Key` the request can be sent again after a time-out: it makes one order only.',
  security: bearer,
  middleware: jsonBody,
  request: {
    headers: idempotencyHeader,
    body: {
      required: true,
      content: { 'application/json': { schema: orderRequestSchema, example: orderRequestExample } },
    },
  },
  responses: {
    201: jsonOf(
      'The order with its payment. `Idempotent-Replayed: true` marks the answer to a repeat.',
      placedOrderSchema,
    ),
    ...refusals,
    ...bodyRefusals,
    409: problemOf('The same request is still being served.'),
    422: problemOf('The order cannot be accepted as it is, or the key was used with another body.'),
    502: problemOf('The provider refused the payment; `order_id` names the order.'),
    503: problemOf(
      'The provider could not be reached, or nothing can be stored; send the same request with the same key again.',
    ),
  },
});

export function addPlaceOrder(app: StoreApi, { payments }: { payments: PaymentDeps }): void {
  app.openapi(
    route,
    async (context) => {
      const body = context.req.valid('json');
      const key = context.req.valid('header')['Idempotency-Key'] ?? null;
      const { unitAmounts } = priceItems(body);
      const result = await placeOrder(payments, {
        idempotencyKey: key,
        bodyHash: key === null ? null : context.var.bodyHash,
        origin: 'store',
        actor: storeActor,
        items: body.items.map(({ sku = null, name, quantity }, index) => {
          return { sku, name, quantity, unitAmountMinor: unitAmounts[index] ?? 0 };
        }),
        currency: body.currency,
        customerEmail: body.customer?.email ?? null,
        customerName: body.customer?.name ?? null,
        provider: body.provider ?? 'auto',
        redirectUrl: body.redirect_url ?? null,
        metadata: body.metadata ?? {},
        reference: body.reference ?? null,
        note: null,
      });
      return answer(context, result);
    },
    refuseBody({ code: 'invalid_order', detail: 'The order has faults.' }),
  );
}

function answer(context: Context, result: PlacedOrder) {
  switch (result.kind) {
    case 'placed': {
      context.header('location', `/v1/orders/${result.order.id}`);
      if (result.isRepeat) context.header('idempotent-replayed', 'true');
      return context.json(viewPlaced(result), 201);
    }
    case 'key_reused': {
      const detail = 'This Idempotency-Key was used with another body.';
      return problem({ status: 422, code: 'idempotency_key_reused', detail });
    }
    case 'in_progress': {
      const detail = 'The same request is still being served: send it again.';
      return problem({ status: 409, code: 'in_progress', detail, headers: { 'retry-after': String(busySeconds) } });
    }
    case 'no_provider':
      return refuseUnplaced(result);
    case 'provider_failed':
      return refuseUnpaid(result);
  }
}

/**
 * The order as it was placed, so that a repeat with the same key gets the same answer however late it comes. The present
 * state of the order is what `GET /v1/orders/:id` answers.
 */
function viewPlaced({ order, payment }: Extract<PlacedOrder, { kind: 'placed' }>): PlacedOrderAnswer {
  const { id, number, amount, currency } = order;
  const answered = payment && {
    id: payment.id,
    provider: payment.provider,
    status: 'created' as const,
    checkout_url: payment.checkout_url,
    expires_at: payment.expires_at,
  };
  return { id, number, status: 'awaiting_payment', amount, currency, payment: answered };
}

/** An outage ends, so the request may be repeated; money that no configured provider can take stays refused. */
function refuseUnplaced(result: Extract<PlacedOrder, { kind: 'no_provider' }>) {
  const about = { code: 'no_provider', detail: noProviderDetail(result) };
  if (result.isTemporary) return problem({ status: 503, ...about, headers: { 'retry-after': String(outageSeconds) } });
  return problem({ status: 422, ...about, errors: [{ pointer: '/provider', detail: about.detail }] });
}

function noProviderDetail(reason: NoProvider): string {
  switch (reason.code) {
    case 'provider_not_configured':
      return `${providerTitle(reason.provider)} is not configured.`;
    case 'provider_decommissioned':
      return `${providerTitle(reason.provider)} is not available any more: choose another way to pay.`;
    case 'provider_cannot_take':
      return `${providerTitle(reason.provider)} cannot take ${formatMoney(reason.money)}.`;
    case 'no_provider_can_take':
      return `No configured provider can take ${formatMoney(reason.money)}.`;
    case 'all_unavailable':
      return 'No way to pay is available right now: try again in a minute.';
    default:
      return reason satisfies never;
  }
}

/** A shop shows the detail to its customer: what the provider said stands in the chat, the order's history and the log. */
function refuseUnpaid({ order, provider, isRejected }: Extract<PlacedOrder, { kind: 'provider_failed' }>) {
  const about = { order_id: order.id, order_number: order.number, provider };
  if (isRejected) {
    const detail = 'This way to pay does not work for this order: choose another one.';
    return problem({ status: 502, code: 'provider_rejected', detail, ...about });
  }
  const detail = 'This way to pay is not available right now: try again in a minute, or choose another one.';
  const headers = { 'retry-after': String(outageSeconds) };
  return problem({ status: 503, code: 'provider_unreachable', detail, ...about, headers });
}
