/** What became of a status that an admin set without the provider's word. */
export type Override =
  /** `said`: a sentence for the admin. */
  { kind: 'decided'; said: string } | { kind: 'refused'; reason: string } | { kind: 'unknown' };

export function refused(reason: string): Extract<Override, { kind: 'refused' }> {
  return { kind: 'refused', reason };
}
