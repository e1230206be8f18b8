import { isVisible, oneLine } from '#kernel/text.ts';

export const reasonUnitsMax = 300;

/** Why a reason is not accepted. The words for it are the surface's. */
export type ReasonRefusal = { code: 'reason_missing' } | { code: 'reason_too_long'; unitsMax: number };

/** The reason as it is stored: on one line, and not longer than a card shows. */
export function readReason(text: string): string | ({ kind: 'refused' } & ReasonRefusal) {
  const reason = oneLine(text);
  if (!isVisible(reason)) return { kind: 'refused', code: 'reason_missing' };
  if (reason.length > reasonUnitsMax) return { kind: 'refused', code: 'reason_too_long', unitsMax: reasonUnitsMax };
  return reason;
}
