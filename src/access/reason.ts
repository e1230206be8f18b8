export const reasonUnitsMax = 300;

/** The reason as it is stored: on one line, and not longer than a card shows. */
export function readReason(text: string): string | { kind: 'refused'; reason: string } {
  const reason = text.replaceAll(/\s+/g, ' ').trim();
  if (reason === '') return { kind: 'refused', reason: 'A reason is needed.' };
  if (reason.length > reasonUnitsMax) {
    return { kind: 'refused', reason: `A reason has at most ${reasonUnitsMax} characters.` };
  }
  return reason;
}
