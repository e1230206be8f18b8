// The answers of the store API. The handlers of the routes are typed against them, so a view that differs does not compile.
import { z } from '@hono/zod-openapi';
import { decisionKinds } from '#cases/case.ts';
import { providerNames, trustLevels } from '#kernel/provider-name.ts';
import { orderStatuses } from '#orders/order.ts';
import { exceptionStatuses } from '#payments/lifecycle/order-view.ts';
import { paymentStatuses } from '#payments/model/payment.ts';
import { refundStatuses } from '#payments/model/refund.ts';

const time = z.string().openapi({ format: 'date-time', example: '2026-11-22T20:00:00.000Z' });
const decimal = z.string().openapi({ example: '49.00' });
const trust = z.enum(trustLevels).nullable();

const paymentSchema = z
  .strictObject({
    id: z.string(),
    provider: z.enum(providerNames),
    status: z.enum(paymentStatuses),
    amount: decimal,
    currency: z.string(),
    checkout_url: z.string().nullable().openapi({
      description: 'Null while there is none, and while the provider requests another amount than the order has.',
    }),
    expires_at: time,
    provider_reference: z.string().nullable(),
    provider_status: z.string().nullable(),
    trust,
    received: z.strictObject({ amount: decimal, asset: z.string() }).nullable(),
    fee: decimal.nullable().openapi({ description: 'What the provider kept, in `figures_asset`; null until known.' }),
    net: decimal.nullable().openapi({ description: 'What it passed on, in `figures_asset`.' }),
    figures_asset: z.string().nullable(),
    transaction_ids: z.array(z.string()),
  })
  .openapi('Payment');

export const refundSchema = z
  .strictObject({
    id: z.string(),
    payment_id: z.string(),
    provider: z.enum(providerNames),
    status: z.enum(refundStatuses),
    amount: decimal,
    currency: z.string(),
    reason: z.string(),
    claim_url: z
      .string()
      .nullable()
      .openapi({ description: 'Where the buyer claims the money, if it is paid that way.' }),
    provider_reference: z.string().nullable(),
    provider_status: z.string().nullable(),
    transaction_ids: z.array(z.string()),
    created_at: time,
    settled_at: time.nullable(),
  })
  .openapi('Refund');

const exceptionSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(decisionKinds),
    status: z.enum(exceptionStatuses),
    opened_at: time,
    summary: z.string(),
  })
  .openapi('Exception', {
    description: 'Something about the money of the order that an admin has to decide; only open ones are shown.',
  });

const timelineSchema = z
  .strictObject({
    at: time,
    subject: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    cause: z.strictObject({ kind: z.string(), id: z.string() }),
    actor: z.strictObject({ kind: z.string(), id: z.string() }),
    trust,
    text: z.string(),
    payment_id: z.string().nullable(),
  })
  .openapi('TimelineEntry');

export const orderSchema = z
  .strictObject({
    id: z.string(),
    number: z.string().openapi({ example: 'T-1042' }),
    status: z.enum(orderStatuses),
    amount: decimal,
    currency: z.string().openapi({ example: 'USD' }),
    reference: z.string().nullable(),
    items: z.array(
      z.strictObject({ sku: z.string().nullable(), name: z.string(), quantity: z.number(), unit_amount: decimal }),
    ),
    customer: z.strictObject({ email: z.string().nullable(), name: z.string().nullable() }),
    metadata: z.record(z.string(), z.string()),
    attention: z.string().nullable(),
    created_at: time,
    updated_at: time,
    expires_at: time,
    paid_at: time.nullable(),
    fulfilled_at: time.nullable(),
    // Not nullable(): the description would refer to the schema and forget the null.
    payment: z.union([paymentSchema, z.null()]).openapi({
      description: 'The one that covers the order, else the newest that can still be paid, else the newest.',
    }),
    payments: z.array(paymentSchema),
    refunded_amount: decimal.openapi({ description: 'What was refunded.' }),
    refunding_amount: decimal.openapi({ description: 'Refunds that are requested, on their way, or unknown.' }),
    refunds: z.array(refundSchema),
    exceptions: z.array(exceptionSchema).openapi({ description: 'Open ones, oldest first.' }),
    timeline: z.array(timelineSchema),
  })
  .openapi('Order');

export const placedOrderSchema = orderSchema
  .pick({ id: true, number: true, status: true, amount: true, currency: true })
  .extend({
    payment: paymentSchema
      .pick({ id: true, provider: true, status: true, checkout_url: true, expires_at: true })
      .nullable(),
  })
  .openapi('PlacedOrder');
export type PlacedOrderAnswer = z.output<typeof placedOrderSchema>;

export const orderPageSchema = z
  .strictObject({ data: z.array(orderSchema), next_cursor: z.string().nullable() })
  .openapi('OrderPage');
