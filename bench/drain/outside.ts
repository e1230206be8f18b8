// The provider, the shop and Telegram, as little of each as the product needs, in one server of the benchmark's own process. Each
// answers at once, and nothing is kept but what is counted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { amount, currency, storeId } from './account.ts';

export interface Outside {
  readonly url: string;
  counts(): OutsideCounts;
  /** Resolves once the shop has been told of so many different facts; rejects when nothing new comes for a while. */
  heard(facts: number): Promise<void>;
  stop(): Promise<void>;
}

export interface OutsideCounts {
  /** Different facts that the shop heard, and how often it heard any. */
  facts: number;
  shopCalls: number;
  shopConnections: number;
  providerCalls: number;
  providerConnections: number;
}

/** A drain that stands still for so long has failed. */
const silenceMaxMs = 30_000;

export async function startOutside(): Promise<Outside> {
  const facts = new Set<string>();
  /** Our ids of the payments that were asked for here; all others have been paid. */
  const made = new Set<string>();
  const calls = { shop: 0, provider: 0 };
  const connections = { shop: new Set<object>(), provider: new Set<object>() };
  let lastAt = performance.now();

  function note(side: 'shop' | 'provider', request: IncomingMessage): void {
    calls[side] += 1;
    connections[side].add(request.socket);
    lastAt = performance.now();
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/shop')) {
      note('shop', request);
      facts.add(String(request.headers['webhook-id']));
      request.resume();
      request.on('end', () => response.writeHead(204).end());
    } else if (path.startsWith('/api/v1') && request.method === 'POST') {
      note('provider', request);
      void readJson(request).then((asked) => {
        made.add(asked.metadata.orderId);
        answer(response, newInvoice(asked));
      });
    } else if (path.startsWith('/api/v1')) {
      note('provider', request);
      answer(response, answerAsProvider(path, made));
    } else {
      request.resume();
      request.on('end', () => answer(response, answerAsTelegram(path)));
    }
  });
  server.keepAliveTimeout = silenceMaxMs * 2;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    counts: () => ({
      facts: facts.size,
      shopCalls: calls.shop,
      shopConnections: connections.shop.size,
      providerCalls: calls.provider,
      providerConnections: connections.provider.size,
    }),
    async heard(wanted) {
      lastAt = performance.now();
      while (facts.size < wanted) {
        if (performance.now() - lastAt > silenceMaxMs) {
          throw new Error(`the shop heard ${facts.size} of ${wanted} facts, and then nothing came any more`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

interface InvoiceRequest {
  amount: string;
  currency: string;
  metadata: { orderId: string };
}

async function readJson(request: IncomingMessage): Promise<InvoiceRequest> {
  return JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as InvoiceRequest;
}

/** BTCPay Server: an invoice that was just made, and nobody has paid. */
function newInvoice({ amount: asked, currency: unit, metadata }: InvoiceRequest): unknown {
  return {
    ...paidInvoice(metadata.orderId),
    ...{ amount: asked, paidAmount: '0', currency: unit, status: 'New', metadata },
  };
}

/** BTCPay Server: an invoice that was paid in full, and the one way that it was paid. A search finds nothing. */
function answerAsProvider(path: string, made: ReadonlySet<string>): unknown {
  if (path.includes('/invoices?')) return [];
  const [, id = ''] = /\/invoices\/([^/?]+)/.exec(path) ?? [];
  const paymentId = id.replace(/^inv-/, '');
  const now = Math.floor(Date.now() / 1_000);
  if (path.endsWith('/payment-methods')) {
    if (made.has(paymentId)) return [];
    const payment = { id: `${paymentId.replaceAll('-', '').padEnd(64, '0')}-0`, receivedDate: now, value: '0.00081' };
    const totals = { amount: '0.00081', totalPaid: '0.00081', due: '0', rate: '60493.82', networkFee: '0' };
    return [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', ...totals, payments: [payment], activated: true }];
  }
  return paidInvoice(paymentId);
}

function paidInvoice(paymentId: string): object {
  const id = `inv-${paymentId}`;
  const now = Math.floor(Date.now() / 1_000);
  return {
    id,
    storeId,
    ...{ amount, paidAmount: amount, currency, type: 'Standard' },
    ...{ status: 'Settled', additionalStatus: 'None', archived: false },
    checkoutLink: `https://pay.example/i/${id}`,
    createdTime: now - 60,
    expirationTime: now + 3_600,
    monitoringExpiration: now + 90_000,
    metadata: { orderId: paymentId, orderNumber: 'T-1042', itemDesc: 'Field recordings, volume three' },
    checkout: { expirationMinutes: 60, paymentTolerance: 0, speedPolicy: 'MediumSpeed' },
  };
}

function answerAsTelegram(path: string): unknown {
  if (path.endsWith('/getMe'))
    return { ok: true, result: { id: 1001, is_bot: true, first_name: 'Till', username: 'till_bot' } };
  return { ok: true, result: true };
}
