/** The earliest of the moments that are; undefined if none is. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const due = createEarliest();
  for (const moment of moments) if (moment !== undefined) due.note(moment);
  return due.atMs();
}

export interface Earliest {
  note(atMs: number): void;
  atMs(): number | undefined;
}

/** Collects moments without keeping them. */
export function createEarliest(): Earliest {
  let earliestMs = Number.POSITIVE_INFINITY;
  return {
    note(atMs) {
      if (atMs < earliestMs) earliestMs = atMs;
    },
    atMs: () => (earliestMs === Number.POSITIVE_INFINITY ? undefined : earliestMs),
  };
}
