// An admin takes responsibility. Acknowledging a case assigns it where it is nobody's, and assigning an open one
// acknowledges it: both say the same.
import type { ActingAdmin } from '#access/acting-admin.ts';
import type { Case } from './case.ts';
import type { CaseChange, CaseDeps } from './case-store.ts';
import { changeAsAdmin, type NoLiveCase } from './change-as-admin.ts';

interface CaseInput {
  caseId: string;
  by: ActingAdmin;
}

type Already = { kind: 'already'; by: string | null };
type NotYours = { kind: 'not_yours'; by: string | null };
export type Acknowledgement = { kind: 'acknowledged' } | Already | NoLiveCase;
export type Assignment = { kind: 'assigned' } | { kind: 'released' } | Already | NotYours | NoLiveCase;

/** A snoozed case may be acknowledged: it rests no longer. */
export function acknowledgeCase(deps: CaseDeps, input: CaseInput): Promise<Acknowledgement> {
  const { by } = input;
  return changeAsAdmin<Acknowledgement, Already>(deps, { ...input, action: 'case.acknowledge' }, (one) => {
    if (one.status === 'acknowledged') return { refused: { kind: 'already', by: one.acknowledgedBy } };
    return { change: acknowledged(deps, one, by), result: { kind: 'acknowledged' } };
  });
}

/** A snoozed case goes on resting: whose it is changes nothing about that. */
export function assignCase(deps: CaseDeps, input: CaseInput): Promise<Assignment> {
  const { by } = input;
  return changeAsAdmin<Assignment, Already>(deps, { ...input, action: 'case.assign' }, (one) => {
    if (one.assigneeId !== null) return { refused: { kind: 'already', by: one.assigneeName } };
    const acknowledged = one.status === 'open' ? acknowledgement(deps, by) : {};
    return { change: { ...assignment(deps, by), ...acknowledged }, result: { kind: 'assigned' } };
  });
}

/** The assignee gives it back: it is nobody's, and counts as open again. */
export function releaseCase(deps: CaseDeps, input: CaseInput): Promise<Assignment> {
  return changeAsAdmin<Assignment, NotYours>(deps, { ...input, action: 'case.release' }, (one) => {
    if (one.assigneeId !== Number(input.by.actor.id)) return { refused: { kind: 'not_yours', by: one.assigneeName } };
    const nobody: CaseChange = { assigneeId: null, assigneeName: null, assignedAt: null };
    const open: CaseChange =
      one.status === 'acknowledged' ? { status: 'open', acknowledgedAt: null, acknowledgedBy: null } : {};
    return { change: { ...nobody, ...open }, result: { kind: 'released' } };
  });
}

/** What an open case becomes that an admin acknowledges. */
export function acknowledged(deps: CaseDeps, one: Case, by: ActingAdmin): CaseChange {
  return { ...(one.assigneeId === null && assignment(deps, by)), ...acknowledgement(deps, by) };
}

function assignment({ clock }: CaseDeps, by: ActingAdmin): CaseChange {
  return { assigneeId: Number(by.actor.id), assigneeName: by.name, assignedAt: clock.now() };
}

function acknowledgement({ clock }: CaseDeps, by: ActingAdmin): CaseChange {
  return { status: 'acknowledged', acknowledgedAt: clock.now(), acknowledgedBy: by.name, snoozedUntil: null };
}
