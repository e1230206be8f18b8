// All that may fail in a history, and what the people who run the machine do to it.
import type { StepKind } from '../../plan/step-kind.ts';
import { newWordsOfProvider, spoiltAnswers } from './answers.ts';
import { driftingClock, wrongClock } from './clock.ts';
import { alertChatChanged, ownersChanged, providerRemoved, telegramModeChanged, zoneChanged } from './configuration.ts';
import { fullDisk } from './disk.ts';
import { apiKeyChanged } from './key-rotation.ts';
import { offline, slowNetwork, suspended } from './machine.ts';
import { killed, killedAgain, restarted, restartedAgain } from './process.ts';
import { failingCalls, forgottenKeys, lateCalls, outage, refusal } from './provider-calls.ts';
import { secretRotated } from './rotation.ts';
import { flappingShop, shopTrouble } from './shop.ts';
import { chatClosed, chatFlooded, chatRefuses, groupUpgraded, telegramAway, telegramFails } from './telegram.ts';
import { lateWebhooks, lostWebhooks, reorderedWebhooks, repeatedWebhooks } from './webhooks.ts';

export const faults = {
  killed,
  killedAgain,
  restarted,
  restartedAgain,
  suspended,
  offline,
  slowNetwork,
  fullDisk,
  wrongClock,
  driftingClock,
  lostWebhooks,
  repeatedWebhooks,
  lateWebhooks,
  reorderedWebhooks,
  failingCalls,
  lateCalls,
  forgottenKeys,
  outage,
  refusal,
  spoiltAnswers,
  newWordsOfProvider,
  shopTrouble,
  flappingShop,
  telegramAway,
  telegramFails,
  chatFlooded,
  chatRefuses,
  chatClosed,
  groupUpgraded,
  providerRemoved,
  secretRotated,
  apiKeyChanged,
  zoneChanged,
  alertChatChanged,
  telegramModeChanged,
  ownersChanged,
} as const satisfies Readonly<Record<string, StepKind>>;
