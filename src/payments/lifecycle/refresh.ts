import type { PaymentStatus } from '../model/payment.ts';
import type { ProviderError } from '../ports/provider-errors.ts';

/** The result of fetching one payment from its provider. */
export type Refresh =
  | { kind: 'changed'; from: PaymentStatus; to: PaymentStatus }
  | { kind: 'unchanged'; status: PaymentStatus }
  /** Somebody else is working on it: another process, or this one with enough others waiting. */
  | { kind: 'busy'; isHere: boolean }
  | { kind: 'provider_failed'; error: ProviderError }
  /** The provider is not configured any more. */
  | { kind: 'provider_off' }
  | { kind: 'unknown' };
