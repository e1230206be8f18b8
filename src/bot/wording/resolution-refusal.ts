import { formatAsset, formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { ResolutionRefusal } from '#payments/resolutions/actions/resolution-refusal.ts';
import { fetchRefusalText } from './fetch-refusal.ts';
import { linkRefusalText, noProviderText } from './link-refusal.ts';
import { overrideRefusalText, withdrawalRefusals } from './override-refusal.ts';
import { refundRefusalText } from './refund-refusal.ts';

type RefusalOf<Code extends ResolutionRefusal['code']> = Extract<ResolutionRefusal, { code: Code }>;

/** The refusals whose sentence needs no facts. */
const plain = {
  ...withdrawalRefusals,
  not_allowed: 'That does not help here.',
  wait_time_missing: 'For an hour or for a day?',
  not_held: 'The order is not held for review any more.',
  no_surplus: 'There is no surplus left to refund.',
  refund_requested_already: 'It was asked for already.',
  no_refund: 'There is no refund of ours to decide about.',
  refund_busy: 'It is being asked about right now: try again in a moment.',
  refund_just_sent: 'It was sent a moment ago and may show yet: say so in ten minutes.',
  nobody_to_ask: 'No provider can be asked about it.',
  provider_missing: 'Its provider is not configured.',
  payment_busy: 'Somebody else asks about it right now: try again in a moment.',
  no_reference: 'The provider never gave it an id to ask for.',
  amount_does_not_fit: 'That amount does not fit into our records.',
  belongs_to_order: 'It belongs to an order already.',
  payment_vanished: 'The payment does not exist any more.',
  cannot_undo: 'That cannot be undone.',
  came_up_again: 'The same case was raised again since.',
} as const satisfies Partial<Record<ResolutionRefusal['code'], string>>;
type PlainRefusal = RefusalOf<keyof typeof plain>;

const noOrder: Readonly<Record<RefusalOf<'no_order'>['action'], string>> = {
  mark_paid: 'There is no order to mark as paid.',
  cancel: 'There is no order to cancel.',
  write_off: 'There is no order to write off.',
  new_link: 'There is no order to make a link for.',
};

const noPayment: Readonly<Record<RefusalOf<'no_payment'>['action'], string>> = {
  accept: 'There is no payment to accept.',
  correct: 'There is no payment of ours to correct.',
  refund: 'There is no payment of ours to refund.',
};

/** Why a case is not decided, or a decision not undone, in a sentence. */
export function resolutionRefusalText(refusal: ResolutionRefusal): string {
  if (isPlain(refusal)) return plain[refusal.code];
  switch (refusal.code) {
    case 'no_order':
      return noOrder[refusal.action];
    case 'no_payment':
      return noPayment[refusal.action];
    case 'cannot_cancel':
      return `The order is ${refusal.status.replaceAll('_', ' ')}: it is fulfilled, or money was received.`;
    case 'other_asset':
      return `The provider collects ${formatAsset(refusal.requested)}: our records have only one currency.`;
    case 'other_currency':
      return `It is over ${formatAsset(refusal.requested)}, and the order is in ${refusal.currency}.`;
    case 'amount_changed':
      return `It would be ${formatMoney(refusal.amount)} now: look at it again.`;
    case 'provider_failed':
      return `${providerTitle(refusal.provider)}: ${refusal.message}`;
    case 'cannot_fetch':
      return fetchRefusalText(refusal);
    case 'reason_missing':
    case 'reason_too_long':
    case 'order_is_already':
    case 'link_being_made':
    case 'money_is_there':
    case 'nothing_to_write_off':
      return overrideRefusalText(refusal);
    case 'unknown_order':
    case 'takes_no_payment':
    case 'nothing_missing':
    case 'link_open':
    case 'link_in_progress':
      return linkRefusalText(refusal);
    case 'provider_not_configured':
    case 'provider_decommissioned':
    case 'provider_cannot_take':
    case 'no_provider_can_take':
    case 'all_unavailable':
      return noProviderText(refusal);
    default:
      return refundRefusalText(refusal);
  }
}

function isPlain(refusal: ResolutionRefusal): refusal is PlainRefusal {
  return refusal.code in plain;
}
