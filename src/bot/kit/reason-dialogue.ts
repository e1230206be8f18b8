// Actions that need a reason ask for it before they are carried out. What is asked for waits in the database with the whole
// question, so that a restart between two taps, or while somebody writes, forgets nothing.

import type { PendingAction } from '#access/access-store.ts';
import { awaitReason, proposeAction, replacedAction } from '#access/pending-actions.ts';
import { readReason } from '#access/reason.ts';
import { assert } from '#kernel/invariant.ts';
import type { JsonObject, JsonValue } from '#kernel/json.ts';
import { type CallbackData, decodeCallback, encodeCallback } from '../text/callback-data.ts';
import type { View } from '../text/view.ts';
import { answeredBelow, answerForMs, showAwaited, tellAnswered, tellWrong } from './awaited-answer.ts';
import type { CallbackContext, TextContext } from './contexts.ts';
import type { At } from './destinations.ts';
import type { AdminEnv } from './env.ts';
import { contextOf } from './navigate.ts';
import { questionOver, type ReasonQuestion, reasonAwaited, reasonGiven, reasonQuestion } from './reason-question.ts';
import { editView, outOfDate, replyView } from './replies.ts';
import type { Answer, OnButton } from './screen.ts';

const start: CallbackData = { kind: 'orders', filter: 'all', position: null };

export interface ReasonedAction {
  adminId: number;
  /** The name under which a screen has its confirmation. */
  action: string;
  /** A `subject` in it: of several questions about the same, only the newest is carried out. */
  payload: JsonObject;
  question: ReasonQuestion;
  back: CallbackData;
}

/** Keeps the action until its reason is given; the view asks for it. */
export async function askForReason(env: AdminEnv, asked: ReasonedAction): Promise<View> {
  const pending = await keep(env, asked);
  return reasonQuestion(asked.question, { pendingId: pending.id, back: asked.back });
}

/** The same for what is too grave for a ready-made reason: the admin's next message is waited for at once. */
export async function askToWriteReason(env: AdminEnv, at: At, asked: Omit<ReasonedAction, 'adminId'>): Promise<void> {
  const adminId = contextOf(at).from.id;
  const { id } = await keep(env, { ...asked, adminId });
  await awaitReason(env, { id, adminId, forMs: answerForMs });
  await showReasonAwaited(env, at, { pendingId: id, ...asked });
}

function showReasonAwaited(
  env: AdminEnv,
  at: At,
  asked: { pendingId: string; question: ReasonQuestion; back: CallbackData },
): Promise<void> {
  const { pendingId, question, back } = asked;
  const answered = questionOver(question, { back, because: answeredBelow });
  return showAwaited(env, at, { pendingId, asking: reasonAwaited(question, { back }), answered });
}

function keep(env: AdminEnv, asked: ReasonedAction & { reason?: string }): Promise<PendingAction> {
  const { question, reason } = asked;
  const stored: JsonObject = { ...question, reasons: [...question.reasons], back: encodeCallback(asked.back) };
  const payload = { ...asked.payload, question: stored, ...(reason !== undefined && { reason }) };
  return proposeAction(env, { adminId: asked.adminId, action: asked.action, payload, forMs: answerForMs });
}

/** The reason that was written, or the one that was tapped; null for an action that needs none, undefined when it is missing. */
export function reasonOf(pending: PendingAction, choice: number | null): string | null | undefined {
  const { reason } = pending.payload;
  if (typeof reason === 'string') return reason;
  const question = readQuestion(pending);
  if (question === undefined) return null;
  return choice === null ? undefined : question.reasons[choice];
}

export const onWriteReasonButton: OnButton<'write_reason'> = async (env, ctx, callback) => {
  const { pendingId } = callback;
  const pending = await awaitReason(env, { id: pendingId, adminId: ctx.from.id, forMs: answerForMs });
  if (pending?.action === replacedAction) return tellReplaced(ctx, pending);
  const question = pending && readQuestion(pending);
  if (pending === undefined || question === undefined) return outOfDate;
  await showReasonAwaited(env, { edit: ctx }, { pendingId, question, back: backOf(pending) });
  return 'Write the reason.';
};

/** The loser of two questions about the same says so, and asks no more. */
export async function tellReplaced(ctx: CallbackContext, pending: PendingAction): Promise<string> {
  const because = 'There is a newer question about the same money: nothing was done here.';
  await editView(ctx, questionOver(readQuestion(pending), { back: backOf(pending), because }));
  return because;
}

/** Takes the message for the reason of the action that waits. */
export async function takeReason(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<Answer> {
  const question = readQuestion(waiting);
  assert(question !== undefined, `the action ${waiting.action} waits for a text and has no question`);
  const reason = readReason(ctx.message.text);
  if (typeof reason !== 'string') {
    const isMissing = reason.code === 'reason_missing';
    return tellWrong(ctx, isMissing ? 'A reason is needed.' : `A reason has at most ${reason.unitsMax} characters.`);
  }
  await tellAnswered(env, ctx, waiting);
  const back = backOf(waiting);
  const { question: _asked, ...payload } = waiting.payload;
  const asked = { adminId: ctx.from.id, action: waiting.action, payload, question, back, reason };
  const pending = await keep(env, asked);
  await replyView(ctx, reasonGiven(question, { pendingId: pending.id, reason, back }));
  return 'taken';
}

function backOf(pending: PendingAction): CallbackData {
  const question = asObject(pending.payload['question']);
  return decodeCallback(String(question?.['back'])) ?? start;
}

function readQuestion(pending: PendingAction): ReasonQuestion | undefined {
  const stored = asObject(pending.payload['question']);
  if (stored === undefined) return undefined;
  const text = (name: string): string => String(stored[name]);
  const reasons = Array.isArray(stored['reasons']) ? stored['reasons'].map(String) : [];
  return { ask: text('ask'), about: text('about'), warn: text('warn'), yes: text('yes'), reasons };
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
