import { type ProviderError, ProviderRejected, ProviderUnreachable } from './provider-errors.ts';

/** Answers that a provider gives to everything once it has closed, or once it knows us no more. */
const goneStatuses: readonly number[] = [401, 403, 404, 410];

/**
 * How a failed call looks as if the provider were gone: `HTTP 410`, `name not found`; null for any other failure. Of one
 * call it says little, because a single payment may be unknown; of the base call, for long, it says that nobody is there.
 */
export function readAsDecommissioned(error: ProviderError): string | null {
  if (error instanceof ProviderUnreachable && error.code === 'ENOTFOUND') return 'name not found';
  const { httpStatus } = error;
  const isGone = error instanceof ProviderRejected && httpStatus !== null && goneStatuses.includes(httpStatus);
  return isGone ? `HTTP ${httpStatus}` : null;
}
