import { createHmac } from 'node:crypto';
import type { WebhookEvent } from '../deliveries.ts';
import type { RandomIds } from '../ids.ts';
import { type Invoice, type Payment, paymentData } from './invoice.ts';

// NOWPayments: IPN. Signed is not the body but the same object with its keys sorted, in one of two ways that are in use.

export type Sorting = 'sdk' | 'documentation';

/** The value of `x-nowpayments-sig`. */
export function ipnSignature(secret: string, body: string, sorting: Sorting = 'sdk'): string {
  return createHmac('sha512', secret).update(sorted(body, sorting)).digest('hex');
}

/** What is no JSON cannot be sorted, and stands as it is. */
function sorted(body: string, sorting: Sorting): string {
  try {
    return JSON.stringify(sortKeys(JSON.parse(body), sorting));
  } catch {
    return body;
  }
}

function sortKeys(value: unknown, sorting: Sorting): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && sorting === 'sdk') return value.map((item) => sortKeys(item, sorting));
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner, sorting)]));
}

export function ipnEvent(input: {
  ids: RandomIds;
  invoice: Invoice;
  payment: Payment;
  secret: string;
  sorting: Sorting;
}): WebhookEvent {
  const { invoice, payment } = input;
  const data = paymentData(invoice, payment);
  const fee = { currency: payment.coin, depositFee: 0, serviceFee: 0, withdrawalFee: 0 };
  const body = JSON.stringify({
    ...data,
    payment_extra_ids: payment.parentId === null ? null : [payment.parentId],
    fee,
  });
  const headers = {
    'content-type': 'application/json',
    'x-nowpayments-sig': ipnSignature(input.secret, body, input.sorting),
  };
  return {
    reference: invoice.id,
    type: `payment_${payment.status}`,
    eventId: input.ids.uuid(),
    url: invoice.request.ipnUrl,
    render: () => ({ headers, body }),
  };
}
