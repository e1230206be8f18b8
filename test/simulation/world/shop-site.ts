// The shop's own site: it places orders under idempotency keys, tries again when it hears nothing, and is told of facts by signed
// webhooks.
import { Webhook } from 'standardwebhooks';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import type { HttpAnswer, Network } from '../machine/network.ts';
import { addresses, shopSecret, storeKey } from './settings.ts';

export interface HeardEvent {
  readonly at: Milliseconds;
  readonly id: string;
  readonly type: string;
  readonly order: OrderView;
  /** What the shop answered. */
  readonly status: number;
}

/** One call of the store API with everything that was answered to it, attempt by attempt; null: no answer came. */
export interface ShopRequest {
  readonly at: Milliseconds;
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly body: string | undefined;
  readonly answers: ({ status: number; text: string } | null)[];
  /** When the last of them came. */
  answeredAt: Milliseconds;
}

/** `hold`: it takes the event and never answers; `slow`: it takes it, and answers after a while. */
export type ShopMood =
  | { kind: 'well' }
  | { kind: 'down' }
  | { kind: 'hold' }
  | { kind: 'slow'; ms: Milliseconds }
  | { kind: 'refuse'; status: number };

export interface ShopSite {
  readonly heard: readonly HeardEvent[];
  readonly requests: readonly ShopRequest[];
  /** Events whose signature or time was wrong. */
  readonly forged: readonly string[];
  mood: ShopMood;
  /** Of which an event must have a signature by one; several while they are rotated. */
  secrets: readonly string[];
  /** The bearer key of the store API. */
  apiKey: string;
  /** Calls the store API until it is answered with something other than a failure of the server, or gives up. */
  call(input: {
    method: string;
    path: string;
    key?: string;
    body?: unknown;
  }): Promise<{ status: number; text: string } | null>;
}

const attemptsMax = 6;
const answerMaxMs: Milliseconds = 40 * second;

export function createShopSite(deps: {
  network: Network;
  now(): Milliseconds;
  wait(ms: Milliseconds): Promise<void>;
  deadline(ms: Milliseconds): AbortSignal;
}): ShopSite {
  const heard: HeardEvent[] = [];
  const requests: ShopRequest[] = [];
  const forged: string[] = [];

  async function attempt(request: ShopRequest): Promise<{ status: number; text: string } | null> {
    const headers = new Headers({ authorization: `Bearer ${site.apiKey}`, 'content-type': 'application/json' });
    if (request.key !== undefined) headers.set('idempotency-key', request.key);
    const { method, path, body } = request;
    let answer: HttpAnswer;
    try {
      const url = `http://${addresses.product}${path}`;
      answer = await deps.network.call({ method, url, headers, body }, deps.deadline(answerMaxMs));
    } catch {
      // No answer is an outcome here, whatever its cause.
      return null;
    }
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  }

  const site: ShopSite = {
    heard,
    requests,
    forged,
    mood: { kind: 'well' },
    secrets: [shopSecret],
    apiKey: storeKey,
    async call({ method, path, key, body }) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const request: ShopRequest = {
        at: deps.now(),
        method,
        path,
        key,
        body: text,
        answers: [],
        answeredAt: deps.now(),
      };
      requests.push(request);
      for (let tries = 1; ; tries += 1) {
        const answer = await attempt(request);
        request.answers.push(answer);
        request.answeredAt = deps.now();
        if (answer !== null && answer.status < 500 && answer.status !== 429 && answer.status !== 409) return answer;
        if (tries >= attemptsMax) return answer;
        await deps.wait(tries * 5 * second);
      }
    },
  };

  deps.network.listen(addresses.shop, async (request, connection) => {
    const { mood } = site;
    if (mood.kind === 'down') return connection.cut();
    // The check of the set-up only asks whether somebody is there.
    if (request.method !== 'POST') return new Response(null, { status: 405 });
    const text = await request.text();
    const id = request.headers.get('webhook-id') ?? '';
    const sentAt = new Date(Number(request.headers.get('webhook-timestamp')) * second);
    const signatures = request.headers.get('webhook-signature')?.split(' ') ?? [];
    const isSigned = site.secrets.some((secret) => signatures.includes(new Webhook(secret).sign(id, sentAt, text)));
    if (!isSigned) forged.push(id);
    const { type, data } = JSON.parse(text) as { type: string; data: OrderView };
    const status = mood.kind === 'refuse' ? mood.status : 200;
    heard.push({ at: deps.now(), id, type, order: data, status });
    if (mood.kind === 'slow') await deps.wait(mood.ms);
    return mood.kind === 'hold' ? connection.hold() : new Response(null, { status });
  });
  return site;
}
