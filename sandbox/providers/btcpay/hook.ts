// The store's webhook: what it is set to. Where it posts to is known to the deliveries.

export interface Hook {
  readonly id: string;
  isEnabled: boolean;
  /** Undefined: every event. */
  specificEvents: readonly string[] | undefined;
}

export function newHook(id: string): Hook {
  return { id, isEnabled: true, specificEvents: undefined };
}

export function isHeard({ isEnabled, specificEvents }: Hook, type: string): boolean {
  return isEnabled && (specificEvents === undefined || specificEvents.includes(type));
}
