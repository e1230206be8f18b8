import type { JsonObject } from './json.ts';

/**
 * One event per outcome, for logs and metrics: a fixed lower-case phrase and facts as fields (ids and money yes;
 * tokens, raw bodies and license keys never). The domain reports through this port and knows no logger.
 */
export interface EventLog {
  info(message: string, facts?: JsonObject): void;
  warn(message: string, facts?: JsonObject): void;
  error(message: string, facts?: JsonObject & { error?: never }, cause?: unknown): void;
}

/** A part that runs until it is stopped. Nothing starts on import. `stop` resolves once work in progress has ended; it may be called twice. */
export interface Lifecycle {
  start(): Promise<void> | void;
  stop(): Promise<void>;
}
