// What a screen is made of. Everything that an admin can set off stands in one of these lists, with the permission it needs;
// the admin bot walks them and finds there whatever comes in.

import type { PendingAction } from '#access/access-store.ts';
import type { Permission } from '#access/permission.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { CallbackData, CallbackOf } from '../text/callback-data.ts';
import type { View } from '../text/view.ts';
import type { CallbackContext, DocumentContext, TextContext } from './contexts.ts';
import type { At, Destination, DestinationOf } from './destinations.ts';
import type { AdminEnv, CommandWords, PlainDeps } from './env.ts';

/** One command: what the menu and `/help` say of it, and what it does with the words after it. */
export interface BotCommand extends CommandWords {
  permission: Permission;
  run(env: AdminEnv, ctx: TextContext, words: string): Promise<void>;
}

/** One permission, or one for each act where a kind of button has several. */
type ButtonPermission<Kind extends CallbackData['kind']> =
  CallbackOf<Kind> extends { act: infer Act extends string } ? Readonly<Record<Act, Permission>> : Permission;

/** Does what the button says, leaves the message as it should be, and returns the word for the toast. */
export type OnButton<Kind extends CallbackData['kind'] = CallbackData['kind']> = (
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<Kind>,
) => Promise<string>;

export interface ButtonHandler<Kind extends CallbackData['kind']> {
  permission: ButtonPermission<Kind>;
  run: OnButton<Kind>;
}

export type ButtonHandlers = { readonly [Kind in CallbackData['kind']]: ButtonHandler<Kind> };

export interface ConfirmedAction {
  payload: JsonObject;
  /** Why, for an action that asked for it; null for the others. */
  reason: string | null;
  pendingId: string;
}

/** What is done once its question was answered with yes. */
export interface Confirmation {
  permission: Permission;
  /** Does it, leaves the message as it should be, and returns the word for the toast. */
  carryOut(env: AdminEnv, ctx: CallbackContext, action: ConfirmedAction): Promise<string>;
}
export type Confirmed = Confirmation['carryOut'];

export type Answer = 'taken' | 'wrong';

/** A value that an action asked for, and that the admin's next message is. */
export interface TypedValue {
  permission: Permission;
  /** It is a secret: any other answer with one in it is refused. */
  isSecret?: boolean;
  /** Takes the value (`tellAnswered`), or says what is right about it (`tellWrong`): then the next message is waited for. */
  take(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<Answer>;
}

/** How other screens lead here, by the name of the destination. */
export interface Opener<Name extends Destination['screen']> {
  permission: Permission;
  /** Shows it, and returns the word for the toast. */
  open(env: AdminEnv, at: At, to: DestinationOf<Name>): Promise<string>;
  /** For chats in which only the buttons of alerts are served; undefined when it is not there. */
  plain?(deps: PlainDeps, to: DestinationOf<Name>): Promise<View | undefined>;
}

export type Openers = { readonly [Name in Destination['screen']]: Opener<Name> };

export interface Screen {
  commands?: readonly BotCommand[];
  buttons?: Partial<ButtonHandlers>;
  /** By the name of the action that waits for its confirmation. */
  confirmations?: Readonly<Record<string, Confirmation>>;
  typedValues?: Readonly<Record<string, TypedValue>>;
  openers?: Partial<Openers>;
  /** Where a word behind `/start`, or one that stands alone, leads. */
  readStartWord?(word: string): Destination | undefined;
  document?: { permission: Permission; take(env: AdminEnv, ctx: DocumentContext): Promise<void> };
}

/** Keeps what the screen has, for the table that must have every kind of button. */
export function defineScreen<const Defined extends Screen>(screen: Defined): Defined {
  return screen;
}
