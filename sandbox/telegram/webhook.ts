import type { Sleep } from '../kit/sleep.ts';
import { badRequest } from './api-error.ts';
import type { Outage } from './outage.ts';
import type { Update, UpdateQueue } from './updates.ts';

/** Telegram waits longer and longer; the sandbox starts sooner, so that a test need not. */
const firstRetryMs = 100;
const retryMsMax = 10_000;
const answerMsMax = 60_000;

/** The bot's answer to an update; rejects if there is none, with a `TimeoutError` if it was waited for. Ends soon after `signal` does. */
export type PostUpdate = (
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly statusText: string; readonly body: string }>;

export interface WebhookSettings {
  readonly url: string;
  readonly secretToken?: string;
  readonly maxConnections: number;
}

export interface Webhook {
  set(settings: WebhookSettings): void;
  /** Resolves when the delivery in progress, if any, has been given up. */
  remove(): Promise<void>;
  settings(): WebhookSettings | undefined;
  lastError(): { readonly date: number; readonly message: string } | undefined;
}

export interface WebhookDeps {
  readonly queue: UpdateQueue;
  readonly nowSeconds: () => number;
  readonly sleep: Sleep;
  readonly post: PostUpdate;
  readonly outage: Outage;
  /** Carries out a method that the bot put into its answer instead of calling it. */
  readonly reply: (body: Record<string, unknown>) => Promise<void>;
}

/**
 * Comes again with an update until the bot answers with a 2xx. Updates of one line are delivered in order, others beside them, as Telegram
 * does it: a bot that takes long over one user's tap is told of the next user's meanwhile.
 */
export function createWebhook(deps: WebhookDeps): Webhook {
  let settings: WebhookSettings | undefined;
  let lastError: { date: number; message: string } | undefined;
  let stopper = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function deliver(target: WebhookSettings, signal: AbortSignal): Promise<void> {
    const inHand = new Map<string, Promise<void>>();
    while (!signal.aborted) {
      await deps.outage.over(signal);
      if (signal.aborted) break;
      const next = inHand.size < target.maxConnections ? deps.queue.firstBeside(inHand) : undefined;
      if (next === undefined) {
        await somethingNew([...inHand.values()], signal);
        continue;
      }
      const { line, update } = next;
      const over = deliverOne(target, { update, signal }).finally(() => inHand.delete(line));
      inHand.set(line, over);
    }
    await Promise.all(inHand.values());
  }

  /** Resolves when an update comes, one in hand is over, or the signal ends. */
  async function somethingNew(inHand: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const forget = deps.queue.onPush(wake);
    signal.addEventListener('abort', wake);
    await Promise.race([promise, ...inHand]);
    forget();
    signal.removeEventListener('abort', wake);
  }

  async function deliverOne(target: WebhookSettings, it: { update: Update; signal: AbortSignal }): Promise<void> {
    const { update, signal } = it;
    for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(retryMs * 2, retryMsMax)) {
      const fault = await send(target, { ...deps, update, signal });
      if (fault === undefined) return deps.queue.remove(update.update_id);
      lastError = { date: deps.nowSeconds(), message: fault };
      await deps.sleep(retryMs, signal).catch(() => undefined);
      await deps.outage.over(signal);
    }
  }

  function halt(): Promise<void> {
    stopper.abort();
    settings = undefined;
    return running;
  }

  return {
    set(next) {
      const before = halt();
      settings = next;
      lastError = undefined;
      stopper = new AbortController();
      const { signal } = stopper;
      running = before.then(() => deliver(next, signal));
    },
    remove: halt,
    settings: () => settings,
    lastError: () => lastError,
  };
}

interface Delivery extends Pick<WebhookDeps, 'post' | 'reply'> {
  readonly update: object;
  readonly signal: AbortSignal;
}

/** Undefined when the bot took the update; otherwise what getWebhookInfo will say of it. */
async function send(target: WebhookSettings, { update, signal, post, reply }: Delivery): Promise<string | undefined> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (target.secretToken) headers['x-telegram-bot-api-secret-token'] = target.secretToken;
  try {
    const { status, statusText, body } = await post(target.url, { headers, body: JSON.stringify(update) }, signal);
    if (status < 200 || status > 299) return `Wrong response from the webhook: ${status} ${statusText}`;
    const answer = readAnswer(body);
    if (answer) await reply(answer);
    return undefined;
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    return isTimeout ? 'Read timeout expired' : 'Connection refused';
  }
}

/** Over the network; a slow bot is cut off in real time. */
export const postUpdateByFetch: PostUpdate = async (url, { headers, body }, stopping) => {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerMsMax)]);
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
  return { status: answer.status, statusText: answer.statusText, body: await answer.text() };
};

function readAnswer(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'method' in value) return value as Record<string, unknown>;
  } catch {
    // Most bots answer with nothing or with a plain word; only a JSON method call means anything.
  }
  return undefined;
}

/** Plain http is taken on loopback only; the real Telegram takes none. */
export function checkWebhookUrl(url: string): void {
  if (!URL.canParse(url)) throw badRequest('bad webhook: invalid webhook URL specified');
  const { protocol, hostname } = new URL(url);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) {
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  }
}
