// The one table of screens. Whatever comes in is found here, and carried out if its admin has the permission that it names.
import type { BotCommand, ButtonHandlers, Confirmation, Openers, Screen, TypedValue } from '../kit/screen.ts';
import { accountingScreen } from '../screens/accounting/screen.ts';
import { casesScreen } from '../screens/cases/screen.ts';
import { channelsScreen } from '../screens/channels/screen.ts';
import { operationsScreen } from '../screens/operations/screen.ts';
import { ordersScreen } from '../screens/orders/screen.ts';
import { providersScreen } from '../screens/providers/screen.ts';
import { refundsScreen } from '../screens/refunds/screen.ts';
import { startScreen } from '../screens/start/screen.ts';
import { dialogues } from './dialogues.ts';

/** In the order of the menu. */
export const screens: readonly Screen[] = [
  ordersScreen,
  refundsScreen,
  casesScreen,
  providersScreen,
  operationsScreen,
  channelsScreen,
  accountingScreen,
  startScreen,
  dialogues,
];

export const commands: readonly BotCommand[] = screens.flatMap((screen) => screen.commands ?? []);

/** A new kind of button does not compile until a screen has it. */
export const buttonHandlers: ButtonHandlers = {
  ...ordersScreen.buttons,
  ...refundsScreen.buttons,
  ...casesScreen.buttons,
  ...providersScreen.buttons,
  ...operationsScreen.buttons,
  ...channelsScreen.buttons,
  ...accountingScreen.buttons,
  ...dialogues.buttons,
};

/** A new destination does not compile until a screen opens it. */
export const openers: Openers = {
  ...ordersScreen.openers,
  ...refundsScreen.openers,
  ...casesScreen.openers,
  ...channelsScreen.openers,
  ...accountingScreen.openers,
};

export const confirmations: ReadonlyMap<string, Confirmation> = new Map(
  screens.flatMap((screen) => Object.entries(screen.confirmations ?? {})),
);

export const typedValues: ReadonlyMap<string, TypedValue> = new Map(
  screens.flatMap((screen) => Object.entries(screen.typedValues ?? {})),
);

/** What somebody who is no admin sees behind the menu button. */
export const unauthorizedCommands: readonly Pick<BotCommand, 'command' | 'description'>[] = [
  { command: 'start', description: 'begin here' },
];
