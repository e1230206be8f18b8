// Every request of a round is made and signed before the round begins: whole, as bytes for the socket. The generator then
// only writes and reads, and cannot be what is measured.
import { createHmac } from 'node:crypto';
import { btcpay } from './account.ts';

export interface Deliveries {
  readonly count: number;
  readonly bodyBytes: number;
  /** The bytes of one whole request. */
  request(index: number): Uint8Array;
}

/** An event as BTCPay Server sends it (indented JSON) for an invoice of ours with what a buyer may have filled in. */
function eventBody(id: string): string {
  const event = {
    deliveryId: `dlv${id}`,
    webhookId: '3aFT6UHRgYW4P3dZ6nFPLi',
    originalDeliveryId: `dlv${id}`,
    isRedelivery: false,
    type: 'InvoiceSettled',
    timestamp: 1_763_065_900,
    manuallyMarked: false,
    overPaid: false,
    storeId: btcpay.storeId,
    invoiceId: `inv${id}`,
    metadata: {
      orderId: `019aaf6e-0000-7000-8000-${id.padStart(12, '0')}`,
      orderNumber: 'T-1042',
      itemDesc: 'Field recordings, volume three: harbours, foundries and night trains (lossless, with booklet)',
      buyerName: 'Margarethe Oberhuber-Lindqvist',
      buyerEmail: 'margarethe.oberhuber@example.org',
      buyerAddress1: 'Rua do Almada 211, 3.º esq.',
      buyerCity: 'Porto',
      buyerState: 'Porto',
      buyerZip: '4050-037',
      buyerCountry: 'PT',
      buyerPhone: '+351 912 345 678',
      taxIncluded: 11.5,
      physical: false,
      posData: {
        cart: [
          { sku: 'fr-3-lossless', name: 'Field recordings 3', quantity: 1, unit_amount: '49.00' },
          { sku: 'fr-booklet', name: 'Booklet (PDF)', quantity: 1, unit_amount: '4.50' },
          { sku: 'fr-license', name: 'License for one film', quantity: 2, unit_amount: '120.00' },
        ],
        campaign: 'newsletter-2026-11',
        language: 'pt-PT',
      },
      receiptData: { Title: 'Field recordings 3', Note: 'The download link comes by e-mail within a minute.' },
    },
  };
  return JSON.stringify(event, null, 2);
}

export function prepareDeliveries(count: number): Deliveries {
  const requests: Buffer[] = [];
  let bodyBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const body = Buffer.from(eventBody(String(index)));
    const signature = createHmac('sha256', btcpay.webhookSecret).update(body).digest('hex');
    const head = [
      'POST /webhooks/btcpay HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Type: application/json; charset=utf-8',
      `BTCPay-Sig: sha256=${signature}`,
      `Content-Length: ${body.length}`,
      '\r\n',
    ].join('\r\n');
    requests.push(Buffer.concat([Buffer.from(head), body]));
    bodyBytes = body.length;
  }
  return {
    count,
    bodyBytes,
    request(index) {
      const request = requests[index];
      if (request === undefined) throw new Error(`only ${count} deliveries were prepared: prepare more`);
      return request;
    },
  };
}

/** The same ones over and over, for a server that keeps nothing and answers more than can be prepared. */
export function endless(deliveries: Deliveries): Deliveries {
  return { ...deliveries, request: (index) => deliveries.request(index % deliveries.count) };
}
