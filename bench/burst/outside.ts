// The provider, the shop and Telegram in one server of the benchmark's own process. Each answers at once; of what the shop and Telegram
// are told it is noted when.
import { findInvoiceId, invoice, paymentIdOf, paymentMethods } from '../outside/btcpay.ts';
import { answer, answerAsTelegram, listenOutside, type OutsideServer } from '../outside/server.ts';

/** What the provider says of each payment. */
export type Story = 'paid' | 'failed';

export interface Told {
  /** When the messages of Telegram were sent, and when they were edited: each by the clock of `performance`. */
  sends: number[];
  edits: number[];
  /** When the shop heard something that it had not heard before. */
  facts: number[];
}

export interface BurstOutside extends OutsideServer {
  /** From here on the provider says this of each payment. */
  say(story: Story): void;
  /** Since the last time that it was asked. */
  take(): Told;
  told(): Told;
}

export async function startOutside(): Promise<BurstOutside> {
  let story: Story = 'paid';
  let told: Told = { sends: [], edits: [], facts: [] };
  const heard = new Set<string>();
  let messages = 0;

  function noteAndAnswer(method: string): object {
    if (method === 'sendMessage') {
      messages += 1;
      told.sends.push(performance.now());
      return { ok: true, result: { message_id: messages, date: 0, chat: { id: 42, type: 'private' } } };
    }
    if (method === 'editMessageText') told.edits.push(performance.now());
    return answerAsTelegram(method);
  }

  const server = await listenOutside((request, response) => {
    const path = request.url ?? '';
    request.resume();
    request.on('end', () => {
      if (path.startsWith('/shop')) {
        const id = String(request.headers['webhook-id']);
        if (!heard.has(id)) told.facts.push(performance.now());
        heard.add(id);
        response.writeHead(204).end();
      } else if (path.startsWith('/api/v1')) answer(response, answerAsProvider(path, story));
      else answer(response, noteAndAnswer(path.split('/').at(-1) ?? ''));
    });
  });
  return {
    ...server,
    say(next) {
      story = next;
    },
    told: () => told,
    take() {
      const taken = told;
      told = { sends: [], edits: [], facts: [] };
      return taken;
    },
  };
}

/** BTCPay Server; whoever lists its invoices finds none. */
function answerAsProvider(path: string, story: Story): object {
  const id = findInvoiceId(path);
  if (id === undefined) return [];
  const paymentId = paymentIdOf(id);
  return path.endsWith('/payment-methods') ? paymentMethods(paymentId, story) : invoice(paymentId, story);
}
