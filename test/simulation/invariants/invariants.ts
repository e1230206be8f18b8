// All that must hold in every history.
import { audit } from './admins/audit.ts';
import { caseCards } from './admins/case-cards.ts';
import { casesTold } from './admins/cases-told.ts';
import { orderCards } from './admins/order-cards.ts';
import { ringsOnce } from './admins/rings-once.ts';
import { taps } from './admins/taps.ts';
import { troubles } from './admins/troubles.ts';
import { emptyQueues } from './empty-queues.ts';
import type { Invariant } from './invariant.ts';
import { leases } from './leases.ts';
import { metricsFit } from './metrics.ts';
import { books } from './money/books.ts';
import { countedOnce } from './money/counted-once.ts';
import { figures } from './money/figures.ts';
import { refundsOnce } from './money/refunds.ts';
import { restored } from './money/restored.ts';
import { sameAnswer } from './money/same-answer.ts';
import { secrets } from './secrets.ts';
import { shopFacts } from './shop-facts.ts';
import { shopHeardAll } from './shop-heard-all.ts';
import { soundProcess } from './sound-process.ts';
import { strangers } from './strangers.ts';
import { telegramTakesAll } from './telegram-takes-all.ts';
import { webhooksKept } from './webhooks-kept.ts';

export const invariants: readonly Invariant[] = [
  soundProcess,
  countedOnce,
  refundsOnce,
  shopFacts,
  shopHeardAll,
  webhooksKept,
  sameAnswer,
  books,
  figures,
  emptyQueues,
  leases,
  secrets,
  restored,
  casesTold,
  caseCards,
  orderCards,
  audit,
  taps,
  troubles,
  ringsOnce,
  telegramTakesAll,
  strangers,
  metricsFit,
];
