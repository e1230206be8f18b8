// All that must hold in every history.
import { allTold } from './admins/all-told.ts';
import { answers } from './admins/answers.ts';
import { audit } from './admins/audit.ts';
import { caseCards } from './admins/case-cards.ts';
import { casesTold } from './admins/cases-told.ts';
import { groupCards } from './admins/group-cards.ts';
import { orderCards } from './admins/order-cards.ts';
import { ringsOnce } from './admins/rings-once.ts';
import { sendsInTurn } from './admins/sends-in-turn.ts';
import { taps } from './admins/taps.ts';
import { toldSoon } from './admins/told-soon.ts';
import { troubles } from './admins/troubles.ts';
import { emptyQueues } from './facts/empty-queues.ts';
import { leases } from './facts/leases.ts';
import { metricsFit } from './facts/metrics.ts';
import { ordersEnd } from './facts/orders-end.ts';
import { refusedBySecret } from './facts/refused-by-secret.ts';
import { secrets } from './facts/secrets.ts';
import { shopFacts } from './facts/shop-facts.ts';
import { shopHeardAll } from './facts/shop-heard-all.ts';
import { webhooksHeeded } from './facts/webhooks-heeded.ts';
import { webhooksKept } from './facts/webhooks-kept.ts';
import type { Invariant } from './invariant.ts';
import { books } from './money/books.ts';
import { countedOnce } from './money/counted-once.ts';
import { figures } from './money/figures.ts';
import { refundsOnce } from './money/refunds.ts';
import { restored } from './money/restored.ts';
import { sameAnswer } from './money/same-answer.ts';
import { soundProcess } from './sound-process.ts';
import { strangers } from './strangers.ts';
import { telegramTakesAll } from './telegram-takes-all.ts';

export const invariants: readonly Invariant[] = [
  soundProcess,
  countedOnce,
  refundsOnce,
  shopFacts,
  shopHeardAll,
  webhooksKept,
  webhooksHeeded,
  refusedBySecret,
  sameAnswer,
  books,
  figures,
  emptyQueues,
  ordersEnd,
  leases,
  secrets,
  restored,
  casesTold,
  allTold,
  toldSoon,
  caseCards,
  groupCards,
  orderCards,
  audit,
  taps,
  answers,
  troubles,
  ringsOnce,
  sendsInTurn,
  telegramTakesAll,
  strangers,
  metricsFit,
];
