import type { ReasonRefusal } from '#access/reason.ts';

/** The result of an admin's override of a status. */
export type Override =
  /** `said`: a sentence for the admin. */
  | { kind: 'decided'; said: string }
  | { kind: 'refused'; reason: string }
  | ({ kind: 'refused' } & ReasonRefusal)
  | { kind: 'unknown' };

export function refused(reason: string): { kind: 'refused'; reason: string } {
  return { kind: 'refused', reason };
}
