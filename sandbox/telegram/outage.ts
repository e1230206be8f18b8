export const outageKinds = ['none', 'unreachable', 'errors'] as const;
/** `unreachable` cuts every connection; `errors` answers everything with 502. */
export type OutageKind = (typeof outageKinds)[number];

/** Telegram as a whole is down: no method works, polls included, and no update leaves for a webhook. */
export interface Outage {
  kind(): OutageKind;
  set(kind: OutageKind): void;
  /** Resolves when there is none, or the signal ends. */
  over(signal: AbortSignal): Promise<void>;
}

/** `onBegin` is told of every beginning. */
export function createOutage(onBegin: () => void): Outage {
  let kind: OutageKind = 'none';
  const waiting = new Set<() => void>();
  return {
    kind: () => kind,
    set(next) {
      kind = next;
      if (next !== 'none') return onBegin();
      for (const go of [...waiting]) go();
    },
    async over(signal) {
      while (kind !== 'none' && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const go = () => {
            waiting.delete(go);
            signal.removeEventListener('abort', go);
            resolve();
          };
          waiting.add(go);
          signal.addEventListener('abort', go);
        });
      }
    },
  };
}
