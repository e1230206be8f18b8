import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PlacedOrder } from '#payments/collect/place-order.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import type { ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { problem } from '../kit/problem.ts';
import type { PlacedOrderView } from './answer-schemas.ts';

/** How long the shop is asked to wait: while the same request is in hand, and while providers are down. */
const busySeconds = 2;
const outageSeconds = 30;

/** What became of a request for an order, as the shop is told. */
export function answerPlacedOrder(
  result: PlacedOrder,
  request: { wanted: 'auto' | ProviderName; money: Money; providers: ProviderRegistry },
): Response {
  switch (result.kind) {
    case 'placed':
      return created(result);
    case 'key_reused':
      return problem({
        status: 422,
        code: 'idempotency_key_reused',
        detail: 'This Idempotency-Key was used with another body.',
      });
    case 'in_progress':
      return problem({
        status: 409,
        code: 'in_progress',
        detail: 'The same request is still in hand: send it again.',
        headers: { 'retry-after': String(busySeconds) },
      });
    case 'no_provider':
      return noProvider(result.reason, request);
    case 'provider_failed':
      return providerFailed(result);
  }
}

function created(result: Extract<PlacedOrder, { kind: 'placed' }>): Response {
  const { order, isRepeat } = result;
  const headers = {
    'content-type': 'application/json',
    location: `/v1/orders/${order.id}`,
    ...(isRepeat ? { 'idempotent-replayed': 'true' } : {}),
  };
  return new Response(JSON.stringify(viewPlaced(order)), { status: 201, headers });
}

/**
 * The order as it was placed, so that a repeat with the same key gets the same answer however late it comes; what became
 * of the order since is for `GET /v1/orders/:id` to say.
 */
function viewPlaced(order: OrderView): PlacedOrderView {
  const { id, number, amount, currency, payments } = order;
  const first = payments.find((payment) => payment.checkout_url !== null) ?? null;
  return { id, number, status: 'awaiting_payment', amount, currency, payment: first && viewPlacedPayment(first) };
}

function viewPlacedPayment(payment: NonNullable<OrderView['payment']>): PlacedOrderView['payment'] {
  const { id, provider, checkout_url, expires_at } = payment;
  return { id, provider, status: 'created', checkout_url, expires_at };
}

/** An outage passes, so the request may come again; what no configured provider can take stays refused. */
function noProvider(
  reason: string,
  request: { wanted: 'auto' | ProviderName; money: Money; providers: ProviderRegistry },
): Response {
  const { wanted, money, providers } = request;
  const asked = providers.list().filter((provider) => wanted === 'auto' || provider.name === wanted);
  const isOutage = asked.some((provider) => provider.quote(money) !== undefined);
  return problem({
    status: isOutage ? 503 : 422,
    code: 'no_provider',
    detail: reason,
    headers: isOutage ? { 'retry-after': String(outageSeconds) } : {},
    ...(isOutage ? {} : { errors: [{ pointer: '/provider', detail: reason }] }),
  });
}

function providerFailed(result: Extract<PlacedOrder, { kind: 'provider_failed' }>): Response {
  const { order, provider, isRejected, message } = result;
  return problem({
    status: isRejected ? 502 : 503,
    code: isRejected ? 'provider_rejected' : 'provider_unreachable',
    detail: `${provider}: ${message}`,
    members: { order_id: order.id, order_number: order.number, provider },
    headers: isRejected ? {} : { 'retry-after': String(outageSeconds) },
  });
}
