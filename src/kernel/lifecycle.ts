/** Anything alive. Nothing starts on import; `stop` resolves when the work in hand is finished, and may be called twice. */
export interface Lifecycle {
  start(): Promise<void> | void;
  stop(): Promise<void>;
}
