import type { InboxEvent, OutboxMessage, QueueBookkeeping } from '#messaging/messaging-store.ts';
import type { DeadLetterAct, DeadQueue } from '../../text/callback-data.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import { type Button, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';

/** A dead letter of either queue; what is shown of it never includes its body. */
export interface DeadLetter {
  queue: DeadQueue;
  row: QueueBookkeeping;
  /** `webhook invoice_confirmed from bitpay`, `alert.card`. */
  what: string;
  about: string;
}

export function letterOfEvent(row: InboxEvent): DeadLetter {
  return { queue: 'inbox', row, what: `webhook ${row.eventType} from ${row.source}`, about: row.reference };
}

export function letterOfMessage(row: OutboxMessage): DeadLetter {
  return { queue: 'outbox', row, what: `message ${row.topic}`, about: row.key };
}

/** No more than these are shown at a time; the newest come first, and the rest follows as they are settled. */
export const lettersShownMax = 8;
const buttonsPerRow = 4;

export function deadLetterList(letters: readonly DeadLetter[], presentation: Presentation): View {
  if (letters.length === 0) return { text: '✅ No dead letters.', keyboard: [] };
  const shown = letters.slice(0, lettersShownMax);
  const more = letters.length > shown.length ? ', the newest of more' : '';
  const lines = [line(`<b>${plural(shown.length, 'dead letter')}</b>${more}`, weights.must)];
  for (const [index, letter] of shown.entries()) {
    const why = show(letter.row.lastError ?? 'no cause kept', 100);
    lines.push(line(`${bold(String(index + 1))} · ${show(letter.what, 80)} · ${when(letter, presentation)} · ${why}`));
  }
  const buttons = shown.map(
    (letter, index): Button => ({
      text: String(index + 1),
      callback: { kind: 'dead', act: 'show', queue: letter.queue, id: letter.row.id },
    }),
  );
  return { text: fitLines(lines), keyboard: inRows(buttons, buttonsPerRow) };
}

export function deadLetterCard(letter: DeadLetter, presentation: Presentation): View {
  const { row } = letter;
  const button = (text: string, act: DeadLetterAct): Button => ({
    text,
    callback: { kind: 'dead', act, queue: letter.queue, id: row.id },
  });
  return {
    text: fitLines([
      line(`💀 ${bold(letter.what)}`, weights.must),
      line(`About ${code(letter.about, 120)}`),
      line(`Came ${formatTime(row.receivedAt, presentation)} · given up ${when(letter, presentation)}`),
      line(`Attempts: ${row.startedAttempts} begun, ${row.finishedAttempts} ended`, weights.detail),
      line(`Cause: ${show(row.lastError ?? 'none was kept', 900)}`, weights.must),
    ]),
    keyboard: [
      [button('Redrive', 'redrive'), button('Discard', 'discard')],
      [{ text: '‹ Dead letters', callback: { kind: 'dead_list' } }],
    ],
  };
}

function when(letter: DeadLetter, presentation: Presentation): string {
  return formatTime(letter.row.abandonedAt ?? letter.row.receivedAt, presentation);
}
