// Actions that need a reason ask for it before they are carried out. What is asked for waits in the database with the whole
// question, so that a restart between two taps, or while somebody writes, forgets nothing.

import type { PendingAction } from '#access/access-store.ts';
import { awaitReason, proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import type { JsonObject, JsonValue } from '#kernel/json.ts';
import { clip, oneLine } from '#kernel/text.ts';
import { type CallbackData, decodeCallback, encodeCallback } from '../text/callback-data.ts';
import type { View } from '../text/view.ts';
import type { TextContext } from './contexts.ts';
import type { AdminEnv } from './env.ts';
import { type ReasonQuestion, reasonAwaited, reasonGiven, reasonMinutes, reasonQuestion } from './reason-question.ts';
import { editView, outOfDate, replyView } from './replies.ts';
import type { OnButton } from './screen.ts';

const forMs = reasonMinutes * minute;
const reasonUnitsMax = 300;
const start: CallbackData = { kind: 'orders', filter: 'all', position: null };

export interface ReasonedAction {
  adminId: number;
  /** The name under which a screen has its confirmation. */
  action: string;
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
export async function askToWriteReason(env: AdminEnv, asked: ReasonedAction): Promise<View> {
  const { id } = await keep(env, asked);
  await awaitReason(env, { id, adminId: asked.adminId, forMs });
  return reasonAwaited(asked.question, { back: asked.back });
}

function keep(env: AdminEnv, asked: ReasonedAction & { reason?: string }): Promise<PendingAction> {
  const { question, reason } = asked;
  const stored: JsonObject = { ...question, reasons: [...question.reasons], back: encodeCallback(asked.back) };
  const payload = { ...asked.payload, question: stored, ...(reason !== undefined && { reason }) };
  return proposeAction(env, { adminId: asked.adminId, action: asked.action, payload, forMs });
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
  const pending = await awaitReason(env, { id: callback.pendingId, adminId: ctx.from.id, forMs });
  const question = pending && readQuestion(pending);
  if (pending === undefined || question === undefined) {
    return outOfDate;
  }
  await editView(ctx, reasonAwaited(question, { back: backOf(pending) }));
  return 'Write the reason.';
};

/** Takes the message for the reason of the action that waits; false when that asked for none. */
export async function takeReason(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<boolean> {
  const question = readQuestion(waiting);
  if (question === undefined) return false;
  const reason = clip(oneLine(ctx.message.text), reasonUnitsMax);
  const back = backOf(waiting);
  const { question: _asked, ...payload } = waiting.payload;
  const asked = { adminId: ctx.from.id, action: waiting.action, payload, question, back, reason };
  const pending = await keep(env, asked);
  await replyView(ctx, reasonGiven(question, { pendingId: pending.id, reason, back }));
  return true;
}

/** The admin's next message is the value of this action: a screen has what takes it, under the action's name. */
export async function awaitTypedValue(
  env: AdminEnv,
  asked: { adminId: number; action: string; payload: JsonObject },
): Promise<void> {
  const pending = await proposeAction(env, { ...asked, forMs });
  await awaitReason(env, { id: pending.id, adminId: asked.adminId, forMs });
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
