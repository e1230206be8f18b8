// What each decision says of itself before it is made: what will happen, and three reasons that fit often.
import { type Case, isAboutSurplus } from '#cases/case.ts';
import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { CaseDetails } from '#payments/resolutions/options/get-case.ts';
import { isTwoSided, type ResolvingAction } from '#payments/resolutions/options/resolution-actions.ts';
import type { ReasonQuestion } from '../../kit/reason-question.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, type View } from '../../text/view.ts';
import { everybodyIsTold, overrideWords, type QuestionWords } from '../../wording/override-question.ts';

const words: Readonly<Record<ResolvingAction, QuestionWords>> = {
  accept: {
    ask: 'Accept this as paid?',
    warn: 'The order counts as paid and the shop is told: it may deliver.',
    reasons: ['The difference is small', 'The customer could not help it', 'Agreed with the customer'],
    yes: 'Yes, accept it',
  },
  ask_rest: {
    ask: 'Ask for the rest?',
    warn: 'A new link over what is missing is made. When it is paid, the order is paid by both together.',
    reasons: ['The customer wants to pay the rest', 'A fee was taken on the way', 'Sent too little by mistake'],
    yes: 'Yes, ask for the rest',
  },
  new_link: {
    ask: 'Make a new payment link?',
    warn: 'The order waits for its payment again.',
    reasons: ['The customer asked for it', 'The first link did not work', 'Another way to pay is wanted'],
    yes: 'Yes, make a link',
  },
  refund: {
    ask: 'Give this money back?',
    warn: 'The provider is asked to return what came. It cannot be undone.',
    reasons: ['The customer asked for it', 'Paid twice', 'We cannot deliver'],
    yes: 'Yes, give it back',
  },
  refund_surplus: {
    ask: 'Give the surplus back?',
    warn: 'The provider is asked to return what came too much. It cannot be undone.',
    reasons: ['The customer asked for it', 'Sent too much by mistake', 'We keep only what is ours'],
    yes: 'Yes, give it back',
  },
  wait: {
    ask: 'Keep waiting?',
    warn: 'It rests until then, its alert too, and comes back by itself.',
    reasons: ['The customer promised to pay', 'The transaction is on its way', 'I asked the customer'],
    yes: 'Yes, wait',
  },
  keep: {
    ask: 'Keep the money with this order?',
    warn: 'The order stays as it is, and its history says that this money belongs to it.',
    reasons: ['The customer knows of it', 'It counts for a later order', 'Agreed with the customer'],
    yes: 'Yes, keep it there',
  },
  ...overrideWords,
  cancel: {
    ask: 'Cancel the order?',
    warn: 'Its open links are closed and the shop is told. Money that comes all the same becomes an alert.',
    reasons: ['The customer changed their mind', 'The customer does not answer', 'Ordered by mistake'],
    yes: 'Yes, cancel it',
  },
  reject: {
    ask: 'Reject this sale?',
    warn: 'Nothing is delivered and the order is cancelled. The money has to be given back where it came in.',
    reasons: ['It looks like fraud', 'The sale is not known there', 'We cannot deliver'],
    yes: 'Yes, reject it',
  },
  link_order: {
    ask: 'Link this payment to the order?',
    warn: 'It counts for that order with what its provider says it is worth, and may make it paid.',
    reasons: ['The customer told us', 'Amount and time fit', 'The invoice was made by hand'],
    yes: 'Yes, link it',
  },
  dismiss: {
    ask: 'Ignore this?',
    warn: 'It stays away as long as nothing about it changes.',
    reasons: ['It has nothing to do with the shop', 'It was a test', 'Settled elsewhere'],
    yes: 'Yes, ignore it',
  },
  correct: {
    ask: 'Correct our record to the provider’s?',
    warn: 'The provider is asked once more, and payment and order follow what it says.',
    reasons: ['The provider is right', 'Checked with the provider', 'It was changed there on purpose'],
    yes: 'Yes, take their word',
  },
  confirm_refunded: {
    ask: 'Did this refund go back to the buyer?',
    warn: '⚠️ No provider says so. It counts as carried out, and nobody asks about it any more.',
    reasons: [],
    yes: 'Yes, it went back',
  },
  confirm_not_refunded: {
    ask: 'Did no money go back?',
    warn: '⚠️ It counts as failed, and the money may be given back again: look into the provider’s own pages first.',
    reasons: [],
    yes: 'Yes, nothing went',
  },
};

const keepOverpayment: QuestionWords = {
  ask: 'Keep the surplus?',
  warn: 'Nothing goes back. The order stays as it is.',
  reasons: ['The customer lets us keep it', 'Too little to send back', 'It is a tip'],
  yes: 'Yes, keep it',
};

const dismissDifference: QuestionWords = {
  ask: 'Are our records right?',
  warn: 'They stay as they are, and the same difference is not reported again.',
  reasons: ['Checked with the provider', 'The provider shows it late', 'Known and harmless'],
  yes: 'Yes, ours are right',
};

const markReceived: QuestionWords = {
  ask: 'Mark this money as received?',
  warn: `⚠️ The order counts as paid although the provider’s list says otherwise. ${everybodyIsTold}`,
  reasons: [],
  yes: 'Yes, it is here',
};

function wordsOf(kind: Case['kind'], action: ResolvingAction): QuestionWords {
  if (action === 'keep' && isAboutSurplus(kind)) return keepOverpayment;
  if (action === 'dismiss' && isTwoSided(kind)) return dismissDifference;
  return action === 'mark_paid' && isTwoSided(kind) ? markReceived : words[action];
}

export function resolveQuestion(
  details: CaseDetails,
  asked: { action: ResolvingAction; option: string | null },
): ReasonQuestion {
  const { ask, warn, reasons, yes } = wordsOf(details.case.kind, asked.action);
  return { ask, about: aboutText(details, asked.option), warn: `${warn}${extraWarning(details, asked)}`, reasons, yes };
}

function aboutText({ case: one, order }: CaseDetails, option: string | null): string {
  const { facts, provider } = one;
  const parts = [
    order === null ? null : `${formatOrderNumber(order.number)} · ${formatMoney(order)}`,
    facts.headline,
    facts.differenceFiat ?? facts.differenceCoin,
    option === null || option === 'auto' ? null : optionText(option),
  ].filter((part) => part !== null);
  return order === null && provider !== null ? `${providerTitle(provider)} · ${parts.join(' · ')}` : parts.join(' · ');
}

function optionText(option: string): string {
  if (option === 'hour') return 'for an hour';
  if (option === 'day') return 'for a day';
  return /^\d+$/.test(option) ? `to T-${option}` : `at ${providerTitle(option)}`;
}

function extraWarning({ case: one, payment, returns }: CaseDetails, { action }: { action: ResolvingAction }): string {
  if (action === 'refund' || action === 'refund_surplus') {
    const doubt = one.kind === 'payment_unconfirmed' ? ' It is not confirmed: look at its page there first.' : '';
    return returns === null ? doubt : ` ${formatMoney(returns[action])} goes back.${doubt}`;
  }
  if (one.kind === 'payment_unconfirmed' && action === 'accept') {
    return ' No provider says that the money will stay: look at its page there first.';
  }
  const isReturned = payment?.status === 'underpaid' && payment.capturedMinor === 0;
  if (action !== 'accept' || payment === null || !isReturned) return '';
  return ` ${providerTitle(payment.provider)} sends what came short back to the buyer: nothing of it stays here.`;
}

/** What a decision needs to know before it asks why. */
export function optionChoice(
  details: CaseDetails,
  asked: { action: 'wait' | 'new_link' | 'ask_rest' | 'link_order'; providers: readonly ProviderName[] },
): View {
  const { id } = details.case;
  const button = (text: string, option: string): Button => ({
    text,
    callback: { kind: 'resolve', id, action: asked.action, option },
  });
  const choices: Readonly<Record<typeof asked.action, { ask: string; buttons: Button[] }>> = {
    wait: { ask: 'Keep waiting for how long?', buttons: [button('1 hour', 'hour'), button('1 day', 'day')] },
    new_link: { ask: 'A new link at which provider?', buttons: providerButtons(asked.providers, button) },
    ask_rest: { ask: 'Ask for the rest at which provider?', buttons: providerButtons(asked.providers, button) },
    link_order: {
      ask: 'Which order is it for?',
      buttons: details.suggestions.map(({ candidate: { order } }) =>
        button(`${formatOrderNumber(order.number)} · ${formatMoney(order)}`, String(order.number)),
      ),
    },
  };
  const { ask, buttons } = choices[asked.action];
  const back: Button = { text: 'No, go back', callback: { kind: 'exception', act: 'show', id } };
  return {
    text: fitLines([
      line(`❓ <b>${show(ask)}</b>`, weights.must),
      line(bold(aboutText(details, null), 200), weights.must),
    ]),
    keyboard: [...inPairs(buttons), [back]],
  };
}

function providerButtons(
  providers: readonly ProviderName[],
  button: (text: string, option: string) => Button,
): Button[] {
  return [button('The likeliest', 'auto'), ...providers.map((name) => button(providerTitle(name), name))];
}
