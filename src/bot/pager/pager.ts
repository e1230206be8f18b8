import { type Context, Telegraf } from 'telegraf';
import type { Update } from 'telegraf/types';
import type { AdminDirectory } from '#access/admin.ts';
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/process.ts';
import type { OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import { createAlertChat, noteMoves } from '../telegram/alert-chat.ts';
import { createConnection, type OnTokenRefused } from '../telegram/connection.ts';
import { heedWaits } from '../telegram/heed-waits.ts';
import { createOnceWithin } from '../telegram/once-within.ts';
import { type OnSend, reportSends } from '../telegram/report-sends.ts';
import type { BotHealth, ChatSender, TelegramUpdate, UpdateMode } from '../telegram/telegram.ts';
import { createTelegramAgent } from '../telegram/telegram-agent.ts';
import { createAlertCardHandlers } from './alert-cards.ts';
import { createBooksDigestHandler } from './books-digest.ts';
import { createPagerLine } from './line.ts';
import { createDirectRing, type DirectNews } from './ring-directly.ts';
import { createTelegrafSender } from './sender.ts';
import { servePagerTaps } from './serve.ts';

export interface PagerDeps extends DomainDeps {
  admins: AdminDirectory;
  /** User name of the admin bot; null while it is not known. */
  commandBot(): string | null;
  /** The admin bot's way to chats, for alerts that the pager cannot bring; null where both bots are one. */
  otherBot?: ChatSender | null;
  onSend?: OnSend;
}

export interface PagerOptions {
  token: string;
  /** Bot API base URL; Telegram's own when undefined. */
  apiRoot: string | undefined;
  /** `send_only` when the admin bot has the same token: its poller serves the buttons. */
  mode: UpdateMode;
  /** Where alerts go; null: to every owner, in private. */
  alertChatId: number | null;
  timeZone: string;
  onTokenRefused?: OnTokenRefused | undefined;
}

export interface Pager extends Lifecycle {
  /** Returns at once: whether Telegram is there is told by `health`. */
  start(): void;
  stop(): Promise<void>;
  /** An update that Telegram posted to us; resolves when it is handled, and never rejects. */
  handleUpdate(update: TelegramUpdate): Promise<void>;
  health(): BotHealth;
  /** For what cannot go by the outbox; false when nobody got it. */
  ringDirectly(news: DirectNews, signal: AbortSignal): Promise<boolean>;
  readonly outboxHandlers: readonly OutboxHandler[];
}

/** A tap that repeats within this time is taken for the same tap. */
const sameTapMs = 5 * second;

export function createPager(deps: PagerDeps, options: PagerOptions): Pager {
  // Telegraf resolves its paths against the root: without the slash it would lose the root's last folder.
  const apiRoot = options.apiRoot === undefined ? undefined : `${options.apiRoot.replace(/\/+$/, '')}/`;
  const telegraf = new Telegraf<Context>(options.token, {
    telegram: { ...(apiRoot !== undefined && { apiRoot }), agent: createTelegramAgent(apiRoot), webhookReply: false },
    // Each call in it has a bound of its own. Telegraf's is of 90 s, which pass at once where the machine stands still.
    handlerTimeout: Number.POSITIVE_INFINITY,
  });
  const reported = reportSends(createTelegrafSender(deps, telegraf.telegram), { bot: 'pager', onSend: deps.onSend });
  const sender = heedWaits(noteMoves(reported, deps), deps.clock);
  const alertChat = createAlertChat(deps, options.alertChatId);
  servePagerTaps(telegraf, {
    ...deps,
    sender,
    timeZone: options.timeZone,
    alertChat,
    recentRequests: createOnceWithin(deps.clock, { forMs: sameTapMs, keysMax: 1_000 }),
  });
  const line = createPagerLine({ ...deps, telegraf, alertChat, sharesToken: options.mode.kind === 'send_only' });
  const connection = createConnection<Update>(deps, {
    bot: 'pager',
    mode: options.mode,
    line,
    onTokenRefused: options.onTokenRefused,
  });
  return {
    start: () => connection.start(),
    stop: () => connection.stop(),
    // The server hands on what Telegram posted; Telegraf reads of it what it needs, and ignores the rest.
    handleUpdate: (update) => connection.accept(update as Update),
    health: () => connection.health(),
    ringDirectly: createDirectRing({ ...deps, sender: reported }, options.alertChatId),
    outboxHandlers: [
      ...createAlertCardHandlers({ ...deps, sender, alertChat }, options),
      createBooksDigestHandler({ ...deps, sender, alertChat }),
    ],
  };
}
