import type { Resolution } from '#payments/resolutions/actions/resolution.ts';
import { fetchRefusalText } from './fetch-refusal.ts';
import { refundRefusalText } from './refund-refusal.ts';

/** Why a case is not decided, in a sentence. */
export function resolutionRefusalText(refusal: Extract<Resolution, { kind: 'refused' }>): string {
  if ('reason' in refusal) return refusal.reason;
  if (refusal.code === 'reason_missing') return 'A reason is needed.';
  return refusal.code === 'cannot_fetch' ? fetchRefusalText(refusal) : refundRefusalText(refusal);
}
