import { providerTitle } from '#kernel/provider-name.ts';
import type { Resolution } from '#payments/resolutions/actions/resolution.ts';
import { fetchRefusalText } from './fetch-refusal.ts';
import { linkRefusalText, noProviderText } from './link-refusal.ts';
import { refundRefusalText } from './refund-refusal.ts';

/** Why a case is not decided, in a sentence. */
export function resolutionRefusalText(refusal: Extract<Resolution, { kind: 'refused' }>): string {
  if ('reason' in refusal) return refusal.reason;
  switch (refusal.code) {
    case 'reason_missing':
      return 'A reason is needed.';
    case 'cannot_fetch':
      return fetchRefusalText(refusal);
    case 'provider_failed':
      return `${providerTitle(refusal.provider)}: ${refusal.message}`;
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
