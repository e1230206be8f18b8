// All that must hold in every history.
import { emptyQueues } from './empty-queues.ts';
import type { Invariant } from './invariant.ts';
import { leases } from './leases.ts';
import { secrets } from './secrets.ts';
import { shopFacts } from './shop-facts.ts';
import { shopHeardAll } from './shop-heard-all.ts';
import { soundProcess } from './sound-process.ts';
import { telegramTakesAll } from './telegram-takes-all.ts';
import { webhooksKept } from './webhooks-kept.ts';

export const invariants: readonly Invariant[] = [
  soundProcess,
  shopFacts,
  shopHeardAll,
  webhooksKept,
  emptyQueues,
  leases,
  secrets,
  telegramTakesAll,
];
