import { clip } from '#kernel/text.ts';
import type { CallbackData } from '../text/callback-data.ts';
import { fitLines, line, weights } from '../text/fit.ts';
import { bold, show } from '../text/html.ts';
import { type Button, inPairs, type View } from '../text/view.ts';

/** How long a question that asks for a reason waits: writing takes longer than tapping. */
export const reasonMinutes = 10;

/** What an action that needs a reason says of itself. All texts are plain. */
export interface ReasonQuestion {
  ask: string;
  /** What it is about: number, amount. */
  about: string;
  /** What will happen, in a sentence. */
  warn: string;
  /** Reasons that fit often; a tap on one carries the action out. At most six. */
  reasons: readonly string[];
  /** The last button after a written reason. */
  yes: string;
}

const reasonUnitsShown = 34;

/** The second step: each reason is a button that carries the action out, and the last ones write another or go back. */
export function reasonQuestion(question: ReasonQuestion, options: { pendingId: string; back: CallbackData }): View {
  const { pendingId, back } = options;
  const reasons = question.reasons.map(
    (reason, choice): Button => ({
      text: clip(reason, reasonUnitsShown),
      callback: { kind: 'confirm', pendingId, choice },
    }),
  );
  return {
    text: fitLines([
      ...headLines(question),
      line('<b>Why?</b> A tap on a reason does it.', weights.must),
      line(`<i>Good for ${reasonMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      ...reasons.map((button) => [button]),
      ...inPairs([
        { text: 'Write a reason', callback: { kind: 'write_reason', pendingId } },
        { text: 'No, go back', callback: back },
      ]),
    ],
  };
}

/** Shown while the admin's next message is waited for. */
export function reasonAwaited(question: ReasonQuestion, options: { back: CallbackData }): View {
  return {
    text: fitLines([
      ...headLines(question),
      line('✍️ <b>Write the reason as your next message.</b>', weights.must),
      line(`<i>Waits for ${reasonMinutes} minutes.</i>`, weights.extra),
    ]),
    keyboard: [[{ text: 'No, go back', callback: options.back }]],
  };
}

/** The last step after a written reason: nothing has happened yet. */
export function reasonGiven(
  question: ReasonQuestion,
  options: { pendingId: string; reason: string; back: CallbackData },
): View {
  return {
    text: fitLines([...headLines(question), line(`Reason: ${show(options.reason, 300)}`, weights.must)]),
    keyboard: [
      [{ text: question.yes, callback: { kind: 'confirm', pendingId: options.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: options.back }],
    ],
  };
}

/** A question that asks no more, and why. */
export function questionOver(
  question: Pick<ReasonQuestion, 'ask' | 'about'> | undefined,
  options: { back: CallbackData; because: string },
): View {
  const head =
    question === undefined
      ? []
      : [line(`❓ ${show(question.ask, 120)}`, weights.must), line(bold(question.about, 200), weights.must)];
  return {
    text: fitLines([...head, line(`<i>${show(options.because)}</i>`, weights.must)]),
    keyboard: [[{ text: '‹ Back', callback: options.back }]],
  };
}

function headLines(question: ReasonQuestion) {
  return [
    line(`❓ <b>${show(question.ask, 120)}</b>`, weights.must),
    line(bold(question.about, 200), weights.must),
    line(show(question.warn, 400)),
  ];
}
