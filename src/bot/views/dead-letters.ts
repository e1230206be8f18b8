import type { InboxEvent, OutboxMessage, QueueBookkeeping } from '#messaging/messaging-store.ts';
import type { DeadQueue, DeadTap } from '../callback-data.ts';
import { fitLines, line, weights } from './fit.ts';
import { bold, code, show } from './html.ts';
import { type Button, inRows, type Look, type View } from './view.ts';
import { formatTime, plural } from './words.ts';

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

export function deadLetterList(letters: readonly DeadLetter[], look: Look): View {
  if (letters.length === 0) return { text: '✅ No dead letters.', keyboard: [] };
  const shown = letters.slice(0, lettersShownMax);
  const more = letters.length > shown.length ? ', the newest of more' : '';
  const lines = [line(`<b>${plural(shown.length, 'dead letter')}</b>${more}`, weights.must)];
  for (const [index, letter] of shown.entries()) {
    const why = show(letter.row.lastError ?? 'no cause kept', 100);
    lines.push(line(`${bold(String(index + 1))} · ${show(letter.what, 80)} · ${when(letter, look)} · ${why}`));
  }
  const buttons = shown.map(
    (letter, index): Button => ({
      text: String(index + 1),
      tap: { kind: 'dead', act: 'show', queue: letter.queue, id: letter.row.id },
    }),
  );
  return { text: fitLines(lines), keyboard: inRows(buttons, buttonsPerRow) };
}

export function deadLetterCard(letter: DeadLetter, look: Look): View {
  const { row } = letter;
  const button = (text: string, act: DeadTap): Button => ({
    text,
    tap: { kind: 'dead', act, queue: letter.queue, id: row.id },
  });
  return {
    text: fitLines([
      line(`💀 ${bold(letter.what)}`, weights.must),
      line(`About ${code(letter.about, 120)}`),
      line(`Came ${formatTime(row.receivedAt, look)} · given up ${when(letter, look)}`),
      line(`Attempts: ${row.startedAttempts} begun, ${row.finishedAttempts} ended`, weights.detail),
      line(`Cause: ${show(row.lastError ?? 'none was kept', 900)}`, weights.must),
    ]),
    keyboard: [
      [button('Redrive', 'redrive'), button('Discard', 'discard')],
      [{ text: '‹ Dead letters', tap: { kind: 'dead_list' } }],
    ],
  };
}

function when(letter: DeadLetter, look: Look): string {
  return formatTime(letter.row.abandonedAt ?? letter.row.receivedAt, look);
}
