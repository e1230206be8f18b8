import { autoRetry } from '@grammyjs/auto-retry';
import { Api, Bot } from 'grammy';
import type { UserFromGetMe } from 'grammy/types';
import { second, withinTime } from '#kernel/clock.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { Lifecycle } from '#kernel/process.ts';
import type { OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { AdminBotDeps, AdminEnv } from '../kit/env.ts';
import { createOrderCardHandler } from '../screens/orders/order-cards.ts';
import { createAlertChat, noteMoves } from '../telegram/alert-chat.ts';
import { type Connection, createConnection, endMaxMs, type OnTokenRefused } from '../telegram/connection.ts';
import { createGrammySender } from '../telegram/grammy-sender.ts';
import { heedWaits } from '../telegram/heed-waits.ts';
import { createOnceWithin } from '../telegram/once-within.ts';
import { reportSends } from '../telegram/report-sends.ts';
import type { BotHealth, ChatSender, TelegramUpdate, UpdateMode } from '../telegram/telegram.ts';
import { createTelegramAgent } from '../telegram/telegram-agent.ts';
import { carryOutConfirmed, navigate, readStartWord } from './dispatch.ts';
import { type AdminUpdate, createLine } from './grammy-line.ts';
import { commands } from './screens.ts';
import { serveAdmins } from './serve.ts';

export interface AdminBotOptions {
  token: string;
  /** Bot API base URL; Telegram's own when undefined. */
  apiRoot: string | undefined;
  mode: UpdateMode;
  /** The group whose alert buttons are served; null when alerts go to the owners in private. */
  alertChatId: number | null;
  timeZone: string;
  onTokenRefused?: OnTokenRefused | undefined;
}

export interface AdminBot extends Lifecycle {
  /** Returns at once: whether Telegram is there is told by `health`. */
  start(): void;
  stop(): Promise<void>;
  /** An update that Telegram posted to us; resolves when it is handled, and never rejects. */
  handleUpdate(update: TelegramUpdate): Promise<void>;
  health(): BotHealth;
  /** The bot's user name; null until Telegram told it. */
  username(): string | null;
  /** Cards by way of this bot, for alerts that the pager cannot bring. */
  readonly sender: ChatSender;
  /** Carries out the outbox messages for this bot's chats. */
  readonly outboxHandlers: readonly OutboxHandler[];
}

/** A tap that repeats within this time is taken for the same tap. */
const sameTapMs = 5 * second;

export function createAdminBot(deps: AdminBotDeps, options: AdminBotOptions): AdminBot {
  const { token, mode } = options;
  const apiRoot = options.apiRoot?.replace(/\/+$/, '');
  // Signals bound the single calls; this bounds those that grammY makes by itself, and outlasts a long poll.
  const baseFetchConfig = { agent: createTelegramAgent(apiRoot), compress: true };
  const client = { ...(apiRoot !== undefined && { apiRoot }), timeoutSeconds: 60, baseFetchConfig };
  const bot = new Bot(token, { client, botInfo: unknownBot(token) });
  // Answers to admins wait a little where Telegram asks for it; the outbox comes again by itself and must not be held up.
  bot.api.config.use(
    autoRetry({ maxRetryAttempts: 2, maxDelaySeconds: 5, rethrowHttpErrors: true, rethrowInternalServerErrors: true }),
  );
  const plainApi = new Api(token, client);
  const atWork = new Set<Promise<void>>();
  const stopping = new AbortController();
  const env: AdminEnv = {
    ...deps,
    bot: 'admin',
    timeZone: options.timeZone,
    alertChat: createAlertChat(deps, options.alertChatId),
    presentation: () => ({ now: deps.clock.now(), timeZone: options.timeZone }),
    orderTurns: createKeyedMutex(),
    fileTurns: createKeyedMutex(),
    orderListPlaces: new Map(),
    awaitedAnswers: new Map(),
    commands,
    navigate: (at, to) => navigate(env, at, to),
    readStartWord,
    carryOut: (ctx, confirmed) => carryOutConfirmed(env, ctx, confirmed),
    recentRequests: createOnceWithin(deps.clock, { forMs: sameTapMs, keysMax: 1_000 }),
    commandBot: () => bot.botInfo.username || null,
    api: bot.api,
    stopping: stopping.signal,
    background(work) {
      const task = work
        .catch((error: unknown) => deps.log.error('background work failed', { bot: 'admin' }, error))
        .finally(() => atWork.delete(task));
      atWork.add(task);
    },
  };
  serveAdmins(bot, env);
  const connection: Connection<AdminUpdate> = createConnection(deps, {
    bot: 'admin',
    mode,
    line: createLine({ ...env, bot, api: plainApi }),
    onTokenRefused: options.onTokenRefused,
  });
  const reported = reportSends(createGrammySender(plainApi), { bot: 'admin', onSend: deps.onSend });
  const sender = heedWaits(noteMoves(reported, deps), deps.clock);
  return {
    start: () => connection.start(),
    async stop() {
      stopping.abort();
      const inBackground = Promise.all(atWork).then(() => undefined);
      const late = (): void => deps.log.warn('background work left in hand', { bot: 'admin', count: atWork.size });
      await Promise.all([connection.stop(), withinTime(deps.clock, inBackground, { ms: endMaxMs, late })]);
    },
    // The server hands on what Telegram posted; grammY reads of it what it needs, and ignores the rest.
    handleUpdate: (update) => connection.accept(update as AdminUpdate),
    health: () => connection.health(),
    username: () => env.commandBot(),
    sender,
    outboxHandlers: [createOrderCardHandler(env, sender)],
  };
}

/** Until Telegram has introduced the bot to us, an update can be handled all the same. */
function unknownBot(token: string): UserFromGetMe {
  return {
    id: Number(token.split(':')[0]) || 0,
    is_bot: true,
    first_name: '',
    username: '',
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  } as unknown as UserFromGetMe;
}
