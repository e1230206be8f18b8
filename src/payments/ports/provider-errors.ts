import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

interface ProviderFailure {
  provider: ProviderName;
  operation: string;
  /** The provider's own code, as it said it: `4200`, `040107`, `invoice-not-found`. */
  code: string | null;
  httpStatus: number | null;
  /** The provider's own message, shortened and without secrets. */
  message: string;
  cause?: unknown;
}

/** A call to a provider failed. Grouped by who failed; catch the subclass that matters. */
export abstract class ProviderError extends Error {
  readonly provider: ProviderName;
  readonly operation: string;
  readonly code: string | null;
  readonly httpStatus: number | null;

  constructor(failure: ProviderFailure) {
    super(failure.message, { cause: failure.cause });
    this.provider = failure.provider;
    this.operation = failure.operation;
    this.code = failure.code;
    this.httpStatus = failure.httpStatus;
  }
}

/** The provider answered and rejected the request: the same request will fail again. */
export class ProviderRejected extends ProviderError {
  override readonly name = 'ProviderRejected';
}

/** No answer, or an error of the provider's own (5xx): whether the request was executed is not known. */
export class ProviderUnreachable extends ProviderError {
  override readonly name = 'ProviderUnreachable';
  /** False when no call was sent, because the provider is known to be unavailable or is decommissioned. */
  readonly wasAsked: boolean;

  constructor(failure: ProviderFailure & { wasAsked?: boolean }) {
    super(failure);
    this.wasAsked = failure.wasAsked ?? true;
  }
}

/**
 * The provider answered, and this version does not understand what it says: a new status, an odd field. That concerns the
 * one payment that was asked about, and says nothing against the provider. Whether a command was carried out is not known.
 */
export class ProviderNotUnderstood extends ProviderError {
  override readonly name = 'ProviderNotUnderstood';
  /** What is not understood, in a few words: `status "ON_HOLD"`. */
  readonly what: string;
  /** Our payment id, where the answer has it; null where it is not ours, or cannot be told. */
  readonly paymentId: PaymentId | null;

  constructor(failure: ProviderFailure & { what: string; paymentId?: PaymentId | null }) {
    super(failure);
    this.what = failure.what;
    this.paymentId = failure.paymentId ?? null;
  }
}

/**
 * The abort reason when a provider has used up its time and the next provider is tried. Unlike a cancelled call, it
 * says something about the provider: it counts as no answer.
 */
export class AttemptTimedOut extends Error {
  override readonly name = 'AttemptTimedOut';
}

/** The provider asks us to wait; the request was not executed. */
export class ProviderRateLimited extends ProviderError {
  override readonly name = 'ProviderRateLimited';
  readonly retryAfterMs: Milliseconds | null;

  constructor(failure: ProviderFailure & { retryAfterMs: Milliseconds | null }) {
    super(failure);
    this.retryAfterMs = failure.retryAfterMs;
  }
}
