/** The result of an admin's override of a status. */
export type Override =
  /** `said`: a sentence for the admin. */
  { kind: 'decided'; said: string } | { kind: 'refused'; reason: string } | { kind: 'unknown' };

export function refused(reason: string): Extract<Override, { kind: 'refused' }> {
  return { kind: 'refused', reason };
}
