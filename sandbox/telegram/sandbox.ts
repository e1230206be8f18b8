import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import type { TakeCall } from '../kit/connection.ts';
import { forkBytes, type RandomBytes, seededBytes } from '../kit/random.ts';
import { realSleep, type Sleep } from '../kit/sleep.ts';
import { type CallEnv, createApiRoutes, runMethod } from './api-routes.ts';
import type { CallbackAnswer } from './callbacks.ts';
import type { Failures, Fault } from './faults.ts';
import { lenientLimits, type SandboxLimits } from './limits.ts';
import type { ApiCall, BotCommand, SandboxBot, SandboxGroup, SandboxMessage, SandboxUser } from './model.ts';
import type { OutageKind } from './outage.ts';
import { createPeople, type People, type Person, type SendDocument, type SendText, type TapButton } from './people.ts';
import { createPlatform, type Platform } from './platform.ts';
import { createViews } from './views.ts';
import { type PostUpdate, postUpdateByFetch } from './webhook.ts';

export interface TelegramWorldOptions {
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
  /** Where ids and failures by chance come from. Default: the system's chance for ids, and a fixed seed for failures. */
  readonly random?: RandomBytes;
}

/** Of the sandbox within the process. */
export interface TelegramSandboxCoreOptions extends TelegramWorldOptions {
  /** How polls wait for an update, and webhooks for their next attempt. Default: in real time. */
  readonly sleep?: Sleep;
  /** How an update leaves for a webhook. Default: `fetch`, which gives a bot 60 seconds of real time. */
  readonly post?: PostUpdate;
}

/** What can be done and seen, wherever it runs. */
export interface TelegramWorld {
  stop(): Promise<void>;
  sendText(input: SendText): Promise<SandboxMessage>;
  sendDocument(input: SendDocument): Promise<SandboxMessage>;
  block(input: Person): Promise<void>;
  unblock(input: Person): Promise<void>;
  /** A member removes the bot from a group, or adds it again. */
  removeBot(input: Person): Promise<void>;
  addBot(input: Person): Promise<void>;
  /** Makes a supergroup of a group (its id does not begin with -100); resolves with the new id. */
  upgradeGroup(chatId: number): Promise<number>;
  /** Every message of a chat in its present state, oldest first. */
  messages(input: { bot: string; chatId: number }): readonly SandboxMessage[];
  /** One of them; undefined if there is none, or none any more. */
  message(input: { bot: string; chatId: number; messageId: number }): SandboxMessage | undefined;
  /** The command list that a user sees behind the menu button. */
  commands(input: { bot: string; userId: number; chatId?: number }): readonly BotCommand[];
  /** The last few thousand API calls, refused ones too; successful getUpdates are left out. */
  history(filter?: { bot?: string; method?: string }): readonly ApiCall[];
  /** Tells of every message that is new or edited, until the function that it returns is called. */
  onMessage(listener: (message: SandboxMessage) => void): () => void;
  /** Tells of every call that the history keeps, the same way. */
  onCall(listener: (call: ApiCall) => void): () => void;
  failNext(fault: Fault): void;
  /** What happens to calls by chance from now on, getUpdates among them. */
  setFailures(failures: Failures): void;
  /** Forgets faults, those by chance too; not an outage. */
  clearFaults(): void;
  setOutage(kind: OutageKind): void;
}

/** Within the process: no socket, and no waiting but by `sleep` and `post`. */
export interface TelegramSandboxCore extends TelegramWorld {
  /** Takes a call of the Bot API, whatever the host of its address. */
  readonly fetch: TakeCall;
  /** Resolves with the bot's answerCallbackQuery, whenever it comes. */
  tap(input: TapButton): Promise<CallbackAnswer>;
}

/** With an own clock, chance, waiting and way out for updates, the same calls give the same answers, byte for byte. */
export function createTelegramSandbox(options: TelegramSandboxCoreOptions): TelegramSandboxCore {
  return assembleTelegram(options).core;
}

export interface Telegram {
  readonly core: TelegramSandboxCore;
  readonly platform: Platform;
  readonly people: People;
  /** The routes of the Bot API, to which others may be added before the first call. */
  readonly app: Hono<CallEnv>;
}

export function assembleTelegram(options: TelegramSandboxCoreOptions): Telegram {
  const platform = openPlatform(options);
  const people = createPeople(platform);
  const app = createApiRoutes(platform);
  app.notFound((context) => context.json({ ok: false, error_code: 404, description: 'Not Found' }, 404));
  const core: TelegramSandboxCore = {
    fetch: async (request, connection) => app.fetch(request, { connection }),
    stop: () => platform.stop(),
    sendText: async (input) => people.sendText(input),
    sendDocument: async (input) => people.sendDocument(input),
    tap: async (input) => people.tap(input),
    block: async (input) => people.block(input),
    unblock: async (input) => people.unblock(input),
    removeBot: async (input) => people.removeBot(input),
    addBot: async (input) => people.addBot(input),
    upgradeGroup: async (chatId) => people.upgradeGroup(chatId),
    onCall: (listener) => platform.onCall(listener),
    failNext: (fault) => platform.faults.add(fault),
    setFailures: (failures) => platform.faults.setFailures(failures),
    clearFaults: () => platform.faults.clear(),
    setOutage: (kind) => platform.outage.set(kind),
    ...createViews(platform),
  };
  return { core, platform, people, app };
}

function openPlatform(options: TelegramSandboxCoreOptions): Platform {
  const { random } = options;
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
    ids: random === undefined ? randomBytes : forkBytes(random),
    chance: random === undefined ? seededBytes(1) : forkBytes(random),
    sleep: options.sleep ?? realSleep,
    post: options.post ?? postUpdateByFetch,
    async call(bot, body) {
      const { method, ...fields } = body;
      // Telegram does not send a bot the result of such a call; the history keeps it.
      await runMethod(platform, { bot, method: String(method), params: { fields, uploads: new Map() } }).catch(
        () => undefined,
      );
    },
  });
  return platform;
}
