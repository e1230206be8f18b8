import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { createApiRoutes, runMethod } from './api-routes.ts';
import type { CallbackAnswer } from './callbacks.ts';
import type { Fault } from './faults.ts';
import { lenientLimits, type SandboxLimits } from './limits.ts';
import type { ApiCall, BotCommand, SandboxBot, SandboxGroup, SandboxMessage, SandboxUser } from './model.ts';
import { createPageRoutes } from './page-routes.ts';
import { createPeople, type Person, type SendDocument, type SendText, type TapButton } from './people.ts';
import { createPlatform, type Platform } from './platform.ts';
import { sandboxMessage } from './wire.ts';

const waitMsDefault = 5000;

export interface TelegramSandboxOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The number before the colon of a token is the bot's id, as it is in Telegram. */
  readonly bots: readonly Omit<SandboxBot, 'id'>[];
  readonly users: readonly SandboxUser[];
  readonly groups?: readonly SandboxGroup[];
  /** Who has pressed Start already; default nobody, so that bots may write only to those who wrote first. */
  readonly startedChats?: 'all' | readonly { readonly userId: number; readonly bot: string }[];
  /** Milliseconds since the epoch; dates, rate limits and the age of taps follow it. Default: the system's clock. */
  readonly now?: () => number;
  /** Default: so wide that no test meets them; `telegramLimits` are the real ones. */
  readonly limits?: Partial<SandboxLimits>;
  /** How long a tap may be answered; default 30. */
  readonly callbackTtlSeconds?: number;
  /** How long `tapButton` waits for the bot, in real milliseconds; default 10 000. */
  readonly answerTimeoutMs?: number;
}

/**
 * A local Telegram: the Bot API under `url`, users who type and tap, and a page that shows it all at `url/`.
 * Waiting is by events; a wait that times out throws and shows what was there instead.
 */
export interface TelegramSandbox {
  readonly url: string;
  stop(): Promise<void>;
  sendText(input: SendText): Promise<SandboxMessage>;
  sendDocument(input: SendDocument): Promise<SandboxMessage>;
  /** Resolves with the bot's answerCallbackQuery. */
  tapButton(input: TapButton): Promise<CallbackAnswer>;
  block(input: Person): Promise<void>;
  unblock(input: Person): Promise<void>;
  /** Makes a supergroup of a group (its id does not begin with -100); resolves with the new id. */
  upgradeGroup(chatId: number): Promise<number>;
  /** Every message of a chat in its present state, oldest first. */
  messages(input: { bot: string; chatId: number }): readonly SandboxMessage[];
  /** The command list that a user sees behind the menu button. */
  commands(input: { bot: string; userId: number; chatId?: number }): readonly BotCommand[];
  /** The last few thousand API calls, refused ones too; successful getUpdates are left out. */
  history(filter?: { bot?: string; method?: string }): readonly ApiCall[];
  /** The first message, present or to come, new or edited, that satisfies the predicate. */
  awaitMessage(predicate: (message: SandboxMessage) => boolean, timeoutMs?: number): Promise<SandboxMessage>;
  /** The first API call, past or to come, that satisfies the predicate. */
  awaitCall(predicate: (call: ApiCall) => boolean, timeoutMs?: number): Promise<ApiCall>;
  failNext(fault: Fault): void;
  clearFaults(): void;
}

export async function startTelegramSandbox(options: TelegramSandboxOptions): Promise<TelegramSandbox> {
  const platform = openPlatform(options);
  const people = createPeople(platform, { answerTimeoutMs: options.answerTimeoutMs ?? 10_000 });
  const app = createApiRoutes(platform);
  app.route('/', createPageRoutes(platform, people));
  app.notFound((context) => context.json({ ok: false, error_code: 404, description: 'Not Found' }, 404));
  const host = options.host ?? '127.0.0.1';
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await Promise.all([closed, platform.stop()]);
    },
    sendText: async (input) => people.sendText(input),
    sendDocument: async (input) => people.sendDocument(input),
    tapButton: (input) => people.tapButton(input),
    block: async (input) => people.block(input),
    unblock: async (input) => people.unblock(input),
    upgradeGroup: async (chatId) => people.upgradeGroup(chatId),
    failNext: (fault) => platform.faults.add(fault),
    clearFaults: () => platform.faults.clear(),
    ...createViews(platform),
  };
}

function openPlatform(options: TelegramSandboxOptions): Platform {
  const platform: Platform = createPlatform({
    bots: options.bots.map((bot, index) => ({
      ...bot,
      id: Number(/^(\d+):/.exec(bot.token)?.[1] ?? 7_000_001 + index),
    })),
    users: options.users,
    groups: options.groups ?? [],
    startedChats: options.startedChats ?? [],
    now: options.now ?? Date.now,
    limits: { ...lenientLimits, ...options.limits },
    callbackTtlSeconds: options.callbackTtlSeconds ?? 30,
    async call(bot, body) {
      const { method, ...fields } = body;
      const call = { bot, method: String(method), params: { fields, uploads: new Map() } };
      // Telegram does not send a bot the result of such a call; the history keeps it.
      await runMethod(platform, { ...call, signal: AbortSignal.timeout(waitMsDefault) }).catch(() => undefined);
    },
  });
  return platform;
}

type Views = Pick<TelegramSandbox, 'messages' | 'commands' | 'history' | 'awaitMessage' | 'awaitCall'>;

function createViews(platform: Platform): Views {
  const { world } = platform;
  const everyMessage = () =>
    world
      .chats()
      .flatMap((chat) => [...chat.messages.values()].map((message) => sandboxMessage(message, { chat, world })));
  return {
    messages({ bot, chatId }) {
      const chat = world.chat(world.botByName(bot), chatId);
      if (!chat) throw new Error(`@${bot} has no chat ${chatId}`);
      return [...chat.messages.values()].map((message) => sandboxMessage(message, { chat, world }));
    },
    commands({ bot: username, userId, chatId }) {
      const bot = world.botByName(username);
      const chat = world.chat(bot, chatId ?? userId);
      const user = world.user(userId);
      return chat && user ? platform.commands.seenBy({ bot, chat, user }) : [];
    },
    history: (filter = {}) =>
      platform.history().filter((call) => {
        const isBot = filter.bot === undefined || call.bot === filter.bot;
        return isBot && (filter.method === undefined || call.method === filter.method);
      }),
    awaitMessage: (predicate, timeoutMs = waitMsDefault) =>
      awaitFirst<SandboxMessage>({
        present: everyMessage().find(predicate),
        timeoutMs,
        subscribe: (found) =>
          world.subscribe((event) => {
            if (event.type !== 'message' && event.type !== 'edited') return;
            const message = sandboxMessage(event.message, { chat: event.chat, world });
            if (predicate(message)) found(message);
          }),
        missing: () => `no such message; the last ones: ${everyMessage().slice(-5).map(brief).join(' | ')}`,
      }),
    awaitCall: (predicate, timeoutMs = waitMsDefault) =>
      awaitFirst<ApiCall>({
        present: platform.history().find(predicate),
        timeoutMs,
        subscribe: (found) => platform.onCall((call) => (predicate(call) ? found(call) : undefined)),
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

async function awaitFirst<T>(wait: Wait<T>): Promise<T> {
  if (wait.present !== undefined) return wait.present;
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<T>();
  const leave = wait.subscribe(resolve);
  const late = delay(wait.timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`waited ${wait.timeoutMs} ms: ${wait.missing()}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    leave();
    over.abort();
    late.catch(() => undefined);
  }
}
