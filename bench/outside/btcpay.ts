// What BTCPay Server says of an invoice, as much of it as the product reads.
import { amount, currency, storeId } from '../drain/account.ts';

/** Paid in full and confirmed; made, and nobody has paid; or marked as invalid before anything came. */
export type InvoiceState = 'paid' | 'new' | 'failed';

/** Reads the invoice's id out of the path of a call; undefined for a search. */
export function findInvoiceId(path: string): string | undefined {
  return /\/invoices\/([^/?]+)/.exec(path)?.[1];
}

export const paymentIdOf = (invoiceId: string): string => invoiceId.replace(/^inv-/, '');

const words = { paid: 'Settled', new: 'New', failed: 'Invalid' } as const;

export function invoice(paymentId: string, state: InvoiceState): object {
  const id = `inv-${paymentId}`;
  const now = Math.floor(Date.now() / 1_000);
  return {
    id,
    storeId,
    ...{ amount, paidAmount: state === 'paid' ? amount : '0', currency, type: 'Standard' },
    ...{ status: words[state], additionalStatus: 'None', archived: false },
    checkoutLink: `https://pay.example/i/${id}`,
    createdTime: now - 60,
    expirationTime: now + 3_600,
    monitoringExpiration: now + 90_000,
    metadata: { orderId: paymentId, orderNumber: 'T-1042', itemDesc: 'Field recordings, volume three' },
    checkout: { expirationMinutes: 60, paymentTolerance: 0, speedPolicy: 'MediumSpeed' },
  };
}

/** Its one way to be paid. */
export function paymentMethods(paymentId: string, state: InvoiceState): object[] {
  if (state === 'new') return [];
  const receivedDate = Math.floor(Date.now() / 1_000);
  const payment = { id: `${paymentId.replaceAll('-', '').padEnd(64, '0')}-0`, receivedDate, value: '0.00081' };
  const isPaid = state === 'paid';
  const totals = { amount: '0.00081', totalPaid: isPaid ? '0.00081' : '0', due: isPaid ? '0' : '0.00081' };
  const rest = { rate: '60493.82', networkFee: '0', payments: isPaid ? [payment] : [], activated: true };
  return [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', ...totals, ...rest }];
}
