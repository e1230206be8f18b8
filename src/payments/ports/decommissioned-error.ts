import { type ProviderError, ProviderRejected, ProviderUnreachable } from './provider-errors.ts';

/** Answers that a provider gives to every call after it has closed, or after it deleted our account. */
const goneStatuses: readonly number[] = [401, 403, 404, 410];

/**
 * The reason why a failed call suggests that the provider is decommissioned: `HTTP 410`, `name not found`; null for any
 * other failure. For one payment it means little, because a single payment may be unknown; from the probe's base call,
 * over a day, it means that nobody is there.
 */
export function readAsDecommissioned(error: ProviderError): string | null {
  if (error instanceof ProviderUnreachable && error.code === 'ENOTFOUND') return 'name not found';
  const { httpStatus } = error;
  const isGone = error instanceof ProviderRejected && httpStatus !== null && goneStatuses.includes(httpStatus);
  return isGone ? `HTTP ${httpStatus}` : null;
}
