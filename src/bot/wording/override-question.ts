import { formatMoney } from '#kernel/money.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { moneyThereSentence, unconfirmedIn } from '#payments/overrides/money-there.ts';
import type { ReasonQuestion } from '../kit/reason-question.ts';

export type OverrideAction = 'mark_paid' | 'write_off';
export type QuestionWords = Omit<ReasonQuestion, 'about'>;

export const everybodyIsTold = 'Everybody who gets alerts hears of it, with your name and your reason.';

/** What goes past the providers needs a reason in the admin's own words: none is ready-made. */
export const overrideWords: Readonly<Record<OverrideAction, QuestionWords>> = {
  mark_paid: {
    ask: 'Mark this order as paid manually?',
    warn: `⚠️ No provider says that the money is there. The shop is told, and may deliver at once. ${everybodyIsTold}`,
    reasons: [],
    yes: 'Yes, it is paid',
  },
  write_off: {
    ask: 'Write this money off?',
    warn: `⚠️ Nobody asks for it any more. ${everybodyIsTold}`,
    reasons: [],
    yes: 'Yes, write it off',
  },
};

/** Whoever marks money as paid that is there is not warned that it is not. */
export function moneyThereWarning(details: Parameters<typeof moneyThereSentence>[0]): Partial<QuestionWords> {
  const there = moneyThereSentence(details);
  if (there === null) return {};
  const sign = unconfirmedIn(details.payments) === undefined ? '' : '⚠️ ';
  return { warn: `${sign}${there} The shop is told, and may deliver at once. ${everybodyIsTold}` };
}

export function overrideQuestion(order: Order, action: OverrideAction): ReasonQuestion {
  return { ...overrideWords[action], about: `${formatOrderNumber(order.number)} · ${formatMoney(order)}` };
}
