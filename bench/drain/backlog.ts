// Orders whose buyers have paid, and one webhook for each, stored by the product's own intake while nobody works on them.
import { createHmac } from 'node:crypto';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId, asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { Cause, TransactionContext } from '#kernel/transaction-context.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import type { Order } from '#orders/order.ts';
import { blankPayment } from '#payments/collect/new-payment.ts';
import { writeTimeline } from '#payments/lifecycle/write-timeline.ts';
import { paymentOpenForMs } from '#payments/model/payment.ts';
import type { PaymentTx } from '#payments/ports/payment-store.ts';
import { createProviderRegistry, type ProviderSettings } from '#payments/providers/registry/registry.ts';
import { createWebhookReceiver } from '#payments/webhooks/receive-webhook.ts';
import { tools } from '../tools.ts';
import { amount, amountMinor, currency, storeId, webhookSecret } from './account.ts';

const ordersPerTransaction = 100;
const deliveriesAtOnce = 100;

const cause: Cause = { kind: 'store', id: 'store', actor: { kind: 'store', id: 'store' } };

/** Stores so many events of as many payments. */
export async function storeBacklog(
  database: OpenDatabase,
  input: { events: number; providers: ProviderSettings },
): Promise<void> {
  const payments = await writeOrders(database, input.events);
  const receive = createWebhookReceiver({
    ...tools,
    database,
    providers: createProviderRegistry(input.providers, { ...tools, createHttpClient }),
  });
  for (let at = 0; at < payments.length; at += deliveriesAtOnce) {
    const receipts = await Promise.all(
      payments.slice(at, at + deliveriesAtOnce).map((id) => receive({ provider: 'btcpay', delivery: deliveryOf(id) })),
    );
    const refused = receipts.find(({ kind }) => kind !== 'accepted');
    if (refused !== undefined) throw new Error(`the intake answered ${refused.kind}`);
  }
}

/** Their payments' ids. */
export async function writeOrders(database: OpenDatabase, count: number): Promise<PaymentId[]> {
  const written: PaymentId[] = [];
  while (written.length < count) {
    const size = Math.min(ordersPerTransaction, count - written.length);
    const ids = await database.transaction(async (stores) => {
      const tx = { ...tools, stores, cause };
      const made: PaymentId[] = [];
      for (let index = 0; index < size; index += 1) made.push(await writeOrder(tx));
      return made;
    });
    written.push(...ids);
  }
  return written;
}

/** As it is left by a shop that asked for it and got the address of the payment's page. */
async function writeOrder(tx: PaymentTx & TransactionContext<unknown>): Promise<PaymentId> {
  const now = tx.clock.now();
  const number = await tx.stores.orders.nextOrderNumber();
  const order: Order = {
    ...{ id: asOrderId(tx.ids.newId()), number, status: 'awaiting_payment', version: 1, currency, amountMinor },
    items: [{ sku: 'fr-3', name: 'Field recordings, volume three', quantity: 1, unitAmountMinor: amountMinor }],
    ...{ reference: `cart-${number}`, customerEmail: `buyer-${number}@example.org`, customerName: 'Ada Oberhuber' },
    ...{ redirectUrl: 'https://shop.example/thanks', metadata: { campaign: 'newsletter' }, origin: 'store' },
    ...{ note: null, attention: null, paidAt: null, fulfilledAt: null },
    ...{ createdAt: now, updatedAt: now, expiresAt: now + paymentOpenForMs },
  };
  await tx.stores.orders.insertOrder(order);
  const note = { order, from: null, trust: null } as const;
  await writeTimeline(tx, { ...note, paymentId: null, subject: 'order', to: 'awaiting_payment', text: 'order placed' });
  const requested = { amount, asset: currency };
  const blank = blankPayment(tx, { order, provider: 'btcpay', amountMinor, requested });
  const reference = asProviderReference(`inv-${blank.id}`);
  await tx.stores.payments.insertPayment({
    ...blank,
    ...{ creation: 'confirmed', reference, checkoutUrl: `https://pay.example/i/${reference}`, providerStatus: 'New' },
    ...{ trust: 'fetched', evidenceAt: now, nextPollAt: now + 10 * minute },
  });
  await writeTimeline(tx, {
    ...note,
    paymentId: blank.id,
    subject: 'payment',
    to: 'created',
    text: 'payment requested',
  });
  return blank.id;
}

/** As BTCPay Server posts it: `InvoiceSettled` says that the payment is confirmed, `InvoiceInvalid` that it failed. */
export function deliveryOf(paymentId: PaymentId, type: 'InvoiceSettled' | 'InvoiceInvalid' = 'InvoiceSettled') {
  const event = {
    ...{ deliveryId: `dlv-${paymentId}`, webhookId: '3aFT6UHRgYW4P3dZ6nFPLi', originalDeliveryId: `dlv-${paymentId}` },
    ...{ isRedelivery: false, type, timestamp: 1_763_065_900, manuallyMarked: false, overPaid: false },
    ...{ storeId, invoiceId: `inv-${paymentId}`, metadata: { orderId: paymentId, orderNumber: 'T-1042' } },
  };
  const body = Buffer.from(JSON.stringify(event, null, 2));
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  return { headers: { 'content-type': 'application/json', 'btcpay-sig': `sha256=${signature}` }, body };
}
