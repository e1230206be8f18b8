// Money back, on the shop's word. What may be asked for is checked where it is decided; here only the form of the request.
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { storeActor } from '#kernel/actor.ts';
import { asPaymentId, type OrderId } from '#kernel/ids.ts';
import { type Money, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { viewRefund } from '#payments/lifecycle/order-view.ts';
import { type OrderRefunded, refundOrder } from '#payments/refunds/refund-order.ts';
import type { RefundRefusal } from '#payments/refunds/request-refund.ts';
import { type Fault, notFound, problem } from '../kit/problem.ts';
import { readJsonRequest } from './json-body.ts';
import { amount } from './order-request.ts';
import { plainWords, toFaults } from './request-faults.ts';

export const refundRequestSchema = z
  .strictObject({
    amount: amount.nullish().openapi({
      example: '10.00',
      description: 'In the currency of the order. Left out: all that may still go back.',
    }),
    reason: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(300, 'must have at most 300 characters')
      .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be one line of plain text'),
    payment_id: z
      .uuid('must be the id of a payment of this order')
      .nullish()
      .openapi({ description: 'Which payment; left out: the one that pays for the order.' }),
  })
  .openapi('RefundRequest');

export async function postRefund(
  context: Context,
  deps: { payments: PaymentDeps; orderId: OrderId },
): Promise<Response> {
  const { payments, orderId } = deps;
  const json = await readJsonRequest(context);
  if (json instanceof Response) return json;
  const details = await getOrderDetails(payments, { id: orderId });
  if (details === undefined) return notFound();
  const parsed = refundRequestSchema.safeParse(json.value, { error: plainWords });
  if (!parsed.success) return invalid(parsed.error.issues.flatMap(toFaults));
  const asked = readAmount(parsed.data.amount ?? null, details.order.currency);
  if ('detail' in asked) return invalid([asked]);
  const { once } = json;
  const result = await refundOrder(payments, {
    orderId,
    paymentId: parsed.data.payment_id ? asPaymentId(parsed.data.payment_id) : null,
    amount: asked.money,
    reason: parsed.data.reason,
    actor: storeActor,
    // A key is the shop's own word: it must not find a refund that an admin asked for, nor one of another order.
    ...(once && { request: { key: `store:${orderId}:${once.key}`, hash: once.bodyHash } }),
  });
  return answer(result);
}

function readAmount(text: string | null, currency: string): { money: Money | 'all' } | Fault {
  if (text === null) return { money: 'all' };
  try {
    return { money: parseMoney(text, currency) };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { pointer: '/amount', detail: error.message };
  }
}

function invalid(errors: Fault[]): Response {
  return problem({ status: 422, code: 'invalid_refund', detail: 'The refund has faults.', errors });
}

/** Where in the body the shop has to look. */
const pointers: Readonly<Record<RefundRefusal, string | null>> = {
  reason_missing: '/reason',
  unknown_payment: '/payment_id',
  provider_cannot: null,
  nothing_captured: null,
  wrong_currency: '/amount',
  too_much: '/amount',
};

function answer(result: OrderRefunded): Response {
  switch (result.kind) {
    case 'requested':
    case 'awaiting_approval': {
      const headers = {
        'content-type': 'application/json',
        ...(result.isRepeat ? { 'idempotent-replayed': 'true' } : {}),
      };
      return new Response(JSON.stringify(viewRefund(result.refund)), { status: 201, headers });
    }
    case 'unknown_order':
      return notFound();
    case 'key_reused': {
      const detail = 'This Idempotency-Key was used with another body.';
      return problem({ status: 422, code: 'idempotency_key_reused', detail });
    }
    case 'refused': {
      const pointer = pointers[result.code];
      const errors = pointer === null ? [] : [{ pointer, detail: result.reason }];
      return problem({ status: 422, code: result.code, detail: result.reason, errors });
    }
    default:
      return result satisfies never;
  }
}
