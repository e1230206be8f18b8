import type { Api } from 'grammy';
import type { PendingAction } from '#access/access-store.ts';
import type { AdminDirectory } from '#access/admin.ts';
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import type { Doctor } from '#diagnostics/doctor.ts';
import type { KeyedMutex } from '#kernel/keyed-mutex.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import type { HealthReport } from '#reports/health-report.ts';
import type { AlertChat } from '../telegram/alert-chat.ts';
import type { OnceWithin } from '../telegram/once-within.ts';
import type { OnSend } from '../telegram/report-sends.ts';
import type { CallbackOf } from '../text/callback-data.ts';
import type { Presentation, View } from '../text/view.ts';
import type { CallbackContext } from './contexts.ts';
import type { At, Destination } from './destinations.ts';

/** What the bot is given beside the verbs' own needs. */
export interface AdminBotDeps extends DomainDeps {
  admins: AdminDirectory;
  /** One reconciler for the process: it knows which provider is being compared already. */
  reconcile: ReconcileProvider;
  /** The checks of `/readyz`, the jobs' last runs and the depths of the queues. */
  readHealth(): Promise<HealthReport>;
  /** Redacts every configured secret in a text that is handed out as a file. */
  redact(text: string): string;
  /** Whether a secret stands in what an admin wrote: nothing of it is kept or repeated then. */
  holdsSecret(text: string): boolean;
  /** The checks of `npm run doctor`. */
  doctor: Doctor;
  onSend?: OnSend;
}

/** The headings of `/help`, in their order. */
export const commandSections = ['Orders', 'When something is wrong', 'Catalogue', 'Reports', 'This bot'] as const;

/** What the menu and `/help` say of a command. */
export interface CommandWords {
  command: string;
  usage: string;
  description: string;
  section: (typeof commandSections)[number];
}

/** Where in the list of orders a chat was last: the way back from a card. */
export type OrderListPlace = Omit<CallbackOf<'orders'>, 'kind'>;

/** What every handler is given. */
export interface AdminEnv extends AdminBotDeps {
  bot: 'admin';
  timeZone: string;
  alertChat: AlertChat;
  presentation(): Presentation;
  /** Cards of one order are drawn in turn, each from what is stored then, so that an older picture never covers a newer one. */
  orderTurns: KeyedMutex;
  /** By chat: the files of one export follow each other. */
  fileTurns: KeyedMutex;
  orderListPlaces: Map<number, OrderListPlace>;
  /** By admin: the message that asks for their next one, and what it shows once that has come. Lost at a restart: it only stays. */
  awaitedAnswers: Map<number, { pendingId: string; messageId: number; answered: View }>;
  /** Every command, in the order of the menu. */
  commands: readonly CommandWords[];
  /** Shows another screen by its name; returns the word for the toast. */
  navigate(at: At, to: Destination): Promise<string>;
  /** What a word behind `/start` names. */
  readStartWord(word: string): Destination | undefined;
  /** Carries out an action that its initiator confirmed; returns the word for the toast. */
  carryOut(ctx: CallbackContext, confirmed: { pending: PendingAction; reason: string | null }): Promise<string>;
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

/** What a card needs that is shown where its buttons are not served. */
export interface PlainDeps extends Pick<PaymentDeps, 'database' | 'clock' | 'providers'> {
  timeZone: string;
  /** User name of the admin bot; null until it is known. */
  commandBot(): string | null;
}
