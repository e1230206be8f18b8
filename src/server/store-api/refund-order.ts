// A refund that the shop asks for. Whether it may be made is decided in payments/refunds; here only its form is checked.
import { createRoute, z } from '@hono/zod-openapi';
import { storeActor } from '#kernel/actor.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { type Money, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { viewRefund } from '#payments/lifecycle/order-view.ts';
import { type OrderRefunded, refundOrder } from '#payments/refunds/refund-order.ts';
import { type Fault, notFound, problem } from '../kit/problem.ts';
import { refundSchema } from './answer-schemas.ts';
import { bearer, bodyRefusals, jsonOf, ordersTag, problemOf, refusals, type StoreApi } from './described.ts';
import { invalidBody, plainWords, refuseBody } from './faults.ts';
import { amount, idempotencyHeader, line, orderIdParameter } from './fields.ts';
import { jsonBody } from './json-body.ts';
import { refuseRefundOf } from './refund-refusal.ts';

const refundRequestSchema = z
  .strictObject(
    {
      amount: amount.nullish().openapi({
        example: '10.00',
        description: 'In the currency of the order. Left out: all that may still be refunded.',
      }),
      reason: line(300),
      payment_id: z
        .uuid('must be the id of a payment of this order')
        .transform(asPaymentId)
        .nullish()
        .openapi({ description: 'The payment; left out: the one that covers the order.' }),
    },
    plainWords,
  )
  .openapi('RefundRequest');

const example: z.input<typeof refundRequestSchema> = { amount: '10.00', reason: 'Bought by mistake' };

const route = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/refunds',
  tags: [ordersTag.name],
  operationId: 'refundOrder',
  summary: 'Refund an order',
  description:
    'Asks the provider to refund all that was received, or a part of it; never more. The answer says that the refund was requested: its progress is in `refunds` of the order, and `order.refunded` is announced when the money was refunded.',
  security: bearer,
  middleware: jsonBody,
  request: {
    params: orderIdParameter,
    headers: idempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: refundRequestSchema, example } } },
  },
  responses: {
    201: jsonOf('The refund. `Idempotent-Replayed: true` marks the answer to a repeat.', refundSchema),
    ...refusals,
    ...bodyRefusals,
    422: problemOf('The refund cannot be asked for as it is; `code` says why.'),
  },
});

const secretReason: Fault = { pointer: '/reason', detail: 'must not have a secret key, token or password in it' };
const invalid = { code: 'invalid_refund', detail: 'The refund has faults.' };

export function addRefundOrder(
  app: StoreApi,
  { payments, holdsSecret }: { payments: PaymentDeps; holdsSecret(text: string): boolean },
): void {
  app.openapi(
    route,
    async (context) => {
      const { id: orderId } = context.req.valid('param');
      const body = context.req.valid('json');
      if (holdsSecret(body.reason)) return invalidBody(invalid, [secretReason]);
      const key = context.req.valid('header')['Idempotency-Key'];
      const details = await getOrderDetails(payments, { id: orderId });
      if (details === undefined) return notFound();
      const asked = readAmount(body.amount ?? null, details.order.currency);
      if ('detail' in asked) return invalidBody(invalid, [asked]);
      const result = await refundOrder(payments, {
        orderId,
        paymentId: body.payment_id ?? null,
        amount: asked.money,
        reason: body.reason,
        actor: storeActor,
        // The shop chooses the key: it must not match a refund that an admin asked for, nor one of another order.
        ...(key !== undefined && { request: { key: `store:${orderId}:${key}`, hash: context.var.bodyHash } }),
      });
      if (!('refund' in result)) return refuse(result);
      if (result.isRepeat) context.header('idempotent-replayed', 'true');
      return context.json(viewRefund(result.refund), 201);
    },
    refuseBody(invalid),
  );
}

function readAmount(text: string | null, currency: string): { money: Money | 'all' } | (Fault & { pointer: string }) {
  if (text === null) return { money: 'all' };
  try {
    return { money: parseMoney(text, currency) };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { pointer: '/amount', detail: error.message };
  }
}

function refuse(result: Exclude<OrderRefunded, { refund: unknown }>) {
  switch (result.kind) {
    case 'unknown_order':
      return notFound();
    case 'key_reused': {
      const detail = 'This Idempotency-Key was used with another body.';
      return problem({ status: 422, code: 'idempotency_key_reused', detail });
    }
    case 'refused':
      return refuseRefundOf(result);
  }
}
