import { setTimeout as delay } from 'node:timers/promises';
import { type ListenOptions, listen } from '../kit/listen.ts';
import type { CallbackAnswer } from './callbacks.ts';
import type { ApiCall, SandboxMessage } from './model.ts';
import { createPageRoutes } from './page-routes.ts';
import type { TapButton } from './people.ts';
import { assembleTelegram, type Telegram, type TelegramWorld, type TelegramWorldOptions } from './sandbox.ts';
import { sandboxMessage } from './wire.ts';

const waitMsDefault = 20_000;
const answerTimeoutMsDefault = 10_000;

export interface TelegramSandboxOptions extends TelegramWorldOptions, ListenOptions {
  /** How long `tapButton` waits for the bot, in real milliseconds; default 10 000. */
  readonly answerTimeoutMs?: number;
}

/**
 * A local Telegram: the Bot API under `url`, users who type and tap, and a page that shows it all at `url/`.
 * Waiting is by events; a wait that times out throws and shows what was there instead.
 */
export interface TelegramSandbox extends TelegramWorld {
  readonly url: string;
  /** Resolves with the bot's answerCallbackQuery. */
  tapButton(input: TapButton): Promise<CallbackAnswer>;
  /** The first message, present or to come, new or edited, that satisfies the predicate. */
  awaitMessage(predicate: (message: SandboxMessage) => boolean, timeoutMs?: number): Promise<SandboxMessage>;
  /** The first API call, past or to come, that satisfies the predicate. */
  awaitCall(predicate: (call: ApiCall) => boolean, timeoutMs?: number): Promise<ApiCall>;
}

export async function startTelegramSandbox(options: TelegramSandboxOptions): Promise<TelegramSandbox> {
  const telegram = assembleTelegram(options);
  const { core, platform, people, app } = telegram;
  const timeoutMs = options.answerTimeoutMs ?? answerTimeoutMsDefault;
  const tapButton = (input: TapButton) =>
    within(core.tap(input), { timeoutMs, late: () => `the bot did not answer the tap within ${timeoutMs} ms` });
  app.route('/', createPageRoutes(platform, { ...people, tapButton }));
  const server = await listen(core.fetch, options);

  return {
    ...core,
    url: server.origin,
    async stop() {
      await Promise.all([server.stop(), core.stop()]);
    },
    tapButton,
    ...createWaits(telegram),
  };
}

function createWaits({ core, platform }: Telegram): Pick<TelegramSandbox, 'awaitMessage' | 'awaitCall'> {
  const { world } = platform;
  const everyMessage = () =>
    world
      .chats()
      .flatMap((chat) => [...chat.messages.values()].map((message) => sandboxMessage(message, { chat, world })));
  return {
    awaitMessage: (predicate, timeoutMs = waitMsDefault) =>
      awaitFirst<SandboxMessage>({
        present: everyMessage().find(predicate),
        timeoutMs,
        subscribe: (found) => core.onMessage((message) => (predicate(message) ? found(message) : undefined)),
        missing: () => `no such message; the last ones: ${everyMessage().slice(-5).map(brief).join(' | ')}`,
      }),
    awaitCall: (predicate, timeoutMs = waitMsDefault) =>
      awaitFirst<ApiCall>({
        present: platform.history().find(predicate),
        timeoutMs,
        subscribe: (found) => core.onCall((call) => (predicate(call) ? found(call) : undefined)),
        missing: () =>
          `no such call; the last ones: ${platform
            .history()
            .slice(-5)
            .map((call) => call.method)
            .join(', ')}`,
      }),
  };
}

function brief(message: SandboxMessage): string {
  return `@${message.bot} #${message.messageId} ${message.text.slice(0, 60).replaceAll('\n', ' ')}`;
}

interface Wait<T> {
  readonly present: T | undefined;
  readonly timeoutMs: number;
  readonly subscribe: (found: (value: T) => void) => () => void;
  readonly missing: () => string;
}

async function awaitFirst<T>({ present, timeoutMs, subscribe, missing }: Wait<T>): Promise<T> {
  if (present !== undefined) return present;
  const { promise, resolve } = Promise.withResolvers<T>();
  const leave = subscribe(resolve);
  try {
    return await within(promise, { timeoutMs, late: () => `waited ${timeoutMs} ms: ${missing()}`, keepsAlive: true });
  } finally {
    leave();
  }
}

interface Within {
  readonly timeoutMs: number;
  /** What is said when it is too late. */
  readonly late: () => string;
  /** Whether the process goes on for as long; default false. */
  readonly keepsAlive?: boolean;
}

async function within<T>(promise: Promise<T>, { timeoutMs, late: sayLate, keepsAlive = false }: Within): Promise<T> {
  const over = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: over.signal, ref: keepsAlive }).then(() => {
    throw new Error(sayLate());
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}
