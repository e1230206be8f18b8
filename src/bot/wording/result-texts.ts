// What verbs answered, in a sentence for a toast. The domain says what happened; these are the words for it.
import { providerTitle } from '#kernel/provider-name.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { Resolution } from '#payments/resolutions/actions/resolution.ts';
import type { CheckFailure, OrderCheck } from '#payments/sync/check-order.ts';
import { plural, statusWord } from '../text/words.ts';
import { decisionText } from './decision-text.ts';
import { fetchRefusalText } from './fetch-refusal.ts';
import { resolutionRefusalText } from './resolution-refusal.ts';

export const exceptionGone = 'This exception is not known any more.';
export const orderGone = 'This order is not known any more.';

export function checkedText(result: OrderCheck): string {
  if (result.kind === 'unknown') return orderGone;
  const failed = result.failed[0];
  if (failed !== undefined) return `Not everything could be checked: ${checkFailureText(failed)}`;
  if (result.changed > 0) return `Checked: ${plural(result.changed, 'payment')} changed.`;
  return 'Checked: nothing new at the provider.';
}

function checkFailureText(failure: CheckFailure): string {
  const title = providerTitle(failure.provider);
  switch (failure.code) {
    case 'cannot_fetch':
      return fetchRefusalText(failure);
    case 'provider_failed':
      return `${title}: ${failure.message}`;
    case 'not_understood':
      return `${title} says ${failure.what}, which this version does not understand`;
    case 'provider_off':
      return `${title} is not configured`;
    case 'busy':
      return `${title} is being asked already`;
    default:
      return failure satisfies never;
  }
}

export function cancelledText(
  result: { kind: 'cancelled' } | { kind: 'refused'; status: OrderStatus } | { kind: 'unknown' },
): string {
  if (result.kind === 'cancelled') return 'Cancelled.';
  if (result.kind === 'unknown') return orderGone;
  const isWaiting = result.status === 'awaiting_payment' || result.status === 'expired';
  if (isWaiting) return 'A part of its money is there: give it back first.';
  return `It is ${statusWord(result.status)}: it can no longer be cancelled.`;
}

export function fulfilledText(
  result: { kind: 'fulfilled' } | { kind: 'refused'; status: OrderStatus } | { kind: 'unknown' },
): string {
  if (result.kind === 'fulfilled') return 'Marked as delivered.';
  if (result.kind === 'unknown') return orderGone;
  return `It is ${statusWord(result.status)}: only a paid order can be marked as delivered.`;
}

export function resolutionText(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'decided':
      return decisionText(resolution);
    case 'refused':
      return resolutionRefusalText(resolution);
    case 'over':
      return resolution.by === null ? 'It is over already.' : `It is over already: ${resolution.by}.`;
    case 'unknown':
      return exceptionGone;
    default:
      return resolution satisfies never;
  }
}
