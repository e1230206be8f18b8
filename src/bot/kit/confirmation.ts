import { proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { CallbackData } from '../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../text/fit.ts';
import { show } from '../text/html.ts';
import type { View } from '../text/view.ts';
import type { AdminEnv } from './env.ts';

/** How long a question waits for its second tap. */
const confirmMinutes = 2;

/** What an action says of itself before it is carried out. */
export interface Question {
  ask: string;
  /** What it is about, and what will happen. */
  lines: readonly Line[];
  yes: string;
  back: CallbackData;
}

export interface AskedAction {
  adminId: number;
  /** The name under which a screen has its confirmation. */
  action: string;
  payload: JsonObject;
  question: Question;
}

/** Keeps the action until its initiator taps again; the view asks for that. */
export async function askToConfirm(env: AdminEnv, asked: AskedAction): Promise<View> {
  const { adminId, action, payload, question } = asked;
  const pending = await proposeAction(env, { adminId, action, payload, forMs: confirmMinutes * minute });
  return confirmationView(question, { pendingId: pending.id });
}

export function confirmationView(question: Question, { pendingId }: { pendingId: string }): View {
  return {
    text: fitLines([
      line(`❓ <b>${show(question.ask, 200)}</b>`, weights.must),
      ...question.lines,
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: question.yes, callback: { kind: 'confirm', pendingId, choice: null } }],
      [{ text: 'No, go back', callback: question.back }],
    ],
  };
}
