import { providerTitle } from '#kernel/provider-name.ts';
import type { FetchRefusal } from '#payments/ports/capability-refusal.ts';

/** Why a payment is not fetched, and what helps instead. */
export function fetchRefusalText({ provider }: FetchRefusal): string {
  const title = providerTitle(provider);
  return `${title} cannot report a single payment: import its export again, and it is compared again.`;
}
