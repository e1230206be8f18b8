import type { Api, Context, Filter } from 'grammy';
import type { AdminDirectory } from '#access/admin.ts';
import type { AccountingDeps } from '#accounting/ledger/deps.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { SetUpReport } from '#kernel/set-up-check.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import type { HealthReport } from '#reports/health-report.ts';
import type { KeyedQueue } from '../telegram/keyed-queue.ts';
import type { OnceWithin } from '../telegram/once-within.ts';
import type { OnSend } from '../telegram/report-sends.ts';
import type { CallbackData, CallbackOf, OrderFilter } from '../text/callback-data.ts';
import type { Presentation } from '../text/view.ts';

/** What the bot is given beside the verbs' own needs. */
export interface AdminBotDeps extends AccountingDeps {
  admins: AdminDirectory;
  /** One reconciler for the process: it knows which provider is being compared already. */
  reconcile: ReconcileProvider;
  /** The checks of `/readyz`, the jobs' last runs and the depths of the queues. */
  readHealth(): Promise<HealthReport>;
  /** Strikes every configured secret out of a text that is handed out as a file. */
  redact(text: string): string;
  /** The checks of `npm run doctor`. */
  doctor: Doctor;
  onSend?: OnSend;
}

/** Looks at the set-up. */
interface Doctor {
  /** The last report; undefined before the first. */
  latest(): SetUpReport | undefined;
  /** Takes some seconds; joins a look in hand, and never rejects for what it finds. */
  examine(): Promise<SetUpReport>;
}

/** Where in the list of orders a chat was last: the way back from a card. */
export interface ListSpot {
  filter: OrderFilter;
  page: number;
}

/** What every handler is given. */
export interface AdminEnv extends AdminBotDeps {
  bot: 'admin';
  timeZone: string;
  alertChatId: number | null;
  presentation(): Presentation;
  /** Cards of one order are drawn in turn, each from a fresh look, so that an older picture never covers a newer one. */
  orderTurns: KeyedQueue;
  spots: Map<number, ListSpot>;
  recentRequests: OnceWithin;
  /** This bot's own user name; null until Telegram told it. */
  commandBot(): string | null;
  /** Work that outlives its update; the bot's stop waits for it. */
  background(work: Promise<void>): void;
  /** Aborts when the bot stops: long work in the background ends at its next step. */
  stopping: AbortSignal;
  /** For messages that are sent outside an update. */
  api: Api;
}

/** An update of an admin in a chat that is served. */
export type ServedContext = Context & { chat: NonNullable<Context['chat']>; from: NonNullable<Context['from']> };
export type TextContext = Filter<Context, 'message:text'>;
export type CallbackContext = Filter<Context, 'callback_query:data'> & ServedContext;

/** One command: what the menu and `/help` say of it, and what it does with the words after it. */
export interface BotCommand {
  command: string;
  usage: string;
  description: string;
  run(env: AdminEnv, ctx: TextContext, words: string): Promise<void>;
}

/** Every kind of button has its handler; a new kind does not compile until it has one. */
export type TapHandlers = {
  [Kind in CallbackData['kind']]: (env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<Kind>) => Promise<void>;
};

export interface ConfirmedAction {
  payload: JsonObject;
  /** Why, for an action that asked for it; null for the others. */
  reason: string | null;
  pendingId: string;
}

/** Does what was confirmed, leaves the message as it should be, and returns the word for the toast. */
export type Confirmed = (env: AdminEnv, ctx: CallbackContext, action: ConfirmedAction) => Promise<string>;
