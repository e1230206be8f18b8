// The provider, the shop and Telegram in one server of the benchmark's own process. Each answers at once; of what the shop and Telegram
// are told it is noted when.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { amount, currency, storeId } from '../drain/account.ts';

/** What the provider says of each payment. */
export type Story = 'paid' | 'failed';

export interface Told {
  /** When the messages of Telegram were sent, and when they were edited: each by the clock of `performance`. */
  sends: number[];
  edits: number[];
  /** When the shop heard something that it had not heard before. */
  facts: number[];
}

export interface BurstOutside {
  readonly url: string;
  /** From here on the provider says this of each payment. */
  say(story: Story): void;
  /** Since the last time that it was asked. */
  take(): Told;
  told(): Told;
  stop(): Promise<void>;
}

export async function startOutside(): Promise<BurstOutside> {
  let story: Story = 'paid';
  let told: Told = { sends: [], edits: [], facts: [] };
  const heard = new Set<string>();
  let messages = 0;

  function answerAsTelegram(method: string): unknown {
    if (method === 'getMe')
      return { ok: true, result: { id: 1001, is_bot: true, first_name: 'Till', username: 'till_bot' } };
    if (method === 'sendMessage') {
      messages += 1;
      told.sends.push(performance.now());
      return { ok: true, result: { message_id: messages, date: 0, chat: { id: 42, type: 'private' } } };
    }
    if (method === 'editMessageText') told.edits.push(performance.now());
    return { ok: true, result: true };
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    request.resume();
    request.on('end', () => {
      if (path.startsWith('/shop')) {
        const id = String(request.headers['webhook-id']);
        if (!heard.has(id)) told.facts.push(performance.now());
        heard.add(id);
        response.writeHead(204).end();
      } else if (path.startsWith('/api/v1')) answer(response, answerAsProvider(path, story));
      else answer(response, answerAsTelegram(path.split('/').at(-1) ?? ''));
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    say(next) {
      story = next;
    },
    told: () => told,
    take() {
      const taken = told;
      told = { sends: [], edits: [], facts: [] };
      return taken;
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

/** BTCPay Server: an invoice that was paid in full and confirmed, or one that was marked as invalid before anything came. */
function answerAsProvider(path: string, story: Story): unknown {
  const [, id] = /\/invoices\/([^/?]+)/.exec(path) ?? [];
  // Whoever lists them finds none.
  if (id === undefined) return [];
  const paymentId = id.replace(/^inv-/, '');
  const now = Math.floor(Date.now() / 1_000);
  const isPaid = story === 'paid';
  if (path.endsWith('/payment-methods')) {
    const payment = { id: `${paymentId.replaceAll('-', '').padEnd(64, '0')}-0`, receivedDate: now, value: '0.00081' };
    const totals = { amount: '0.00081', totalPaid: isPaid ? '0.00081' : '0', due: isPaid ? '0' : '0.00081' };
    const rest = { rate: '60493.82', networkFee: '0', payments: isPaid ? [payment] : [], activated: true };
    return [{ paymentMethodId: 'BTC-CHAIN', currency: 'BTC', ...totals, ...rest }];
  }
  return {
    id,
    storeId,
    ...{ amount, paidAmount: isPaid ? amount : '0', currency, type: 'Standard' },
    ...{ status: isPaid ? 'Settled' : 'Invalid', additionalStatus: 'None', archived: false },
    checkoutLink: `https://pay.example/i/${id}`,
    createdTime: now - 60,
    expirationTime: now + 3_600,
    monitoringExpiration: now + 90_000,
    metadata: { orderId: paymentId, orderNumber: 'T-1042', itemDesc: 'Field recordings, volume three' },
    checkout: { expirationMinutes: 60, paymentTolerance: 0, speedPolicy: 'MediumSpeed' },
  };
}
