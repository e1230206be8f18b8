// The provider, the shop and Telegram, as little of each as the product needs, in one server of the benchmark's own process. Each
// answers at once, and nothing is kept but what is counted.
import type { IncomingMessage } from 'node:http';
import { findInvoiceId, invoice, paymentIdOf, paymentMethods } from '../outside/btcpay.ts';
import { answer, answerAsTelegram, listenOutside, type OutsideServer } from '../outside/server.ts';

export interface Outside extends OutsideServer {
  counts(): OutsideCounts;
  /** Resolves once the shop has been told of so many different facts; rejects when nothing new comes for a while. */
  heard(facts: number): Promise<void>;
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

  const server = await listenOutside((request, response) => {
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
      request.on('end', () => answer(response, answerAsTelegram(path.split('/').at(-1) ?? '')));
    }
  });

  return {
    ...server,
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
  };
}

interface InvoiceRequest {
  amount: string;
  currency: string;
  metadata: { orderId: string };
}

async function readJson(request: IncomingMessage): Promise<InvoiceRequest> {
  return JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as InvoiceRequest;
}

function newInvoice({ amount, currency, metadata }: InvoiceRequest): object {
  return { ...invoice(metadata.orderId, 'new'), amount, currency, metadata };
}

/** BTCPay Server: all is paid but what was just made. A search finds nothing. */
function answerAsProvider(path: string, made: ReadonlySet<string>): object {
  const id = findInvoiceId(path);
  if (id === undefined) return [];
  const paymentId = paymentIdOf(id);
  if (!path.endsWith('/payment-methods')) return invoice(paymentId, 'paid');
  return paymentMethods(paymentId, made.has(paymentId) ? 'new' : 'paid');
}
