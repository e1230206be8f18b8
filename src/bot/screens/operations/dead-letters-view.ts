import type { Page, TimedKey } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { DeadLetter } from '#messaging/queues/dead-letters.ts';
import { topicName } from '#messaging/queues/topics.ts';
import type { Question } from '../../kit/confirmation.ts';
import { newestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import type { DeadLetterAct } from '../../text/callback-data.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import { bold, code, own, show } from '../../text/html.ts';
import { type Button, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';

/** What is shown of a dead letter never includes its body. */
function nameOf(letter: DeadLetter): string {
  if (letter.queue === 'outbox') return topicName(letter.row.topic);
  return `webhook ${letter.row.eventType} from ${providerTitle(letter.row.source)}`;
}

const buttonsPerRow = 4;

export function deadLetterList(page: Page<DeadLetter, TimedKey>, presentation: Presentation): View {
  const title = pageTitle(page);
  const head = title === '' ? plural(page.rows.length, 'dead letter') : `Dead letters${title}`;
  const lines = [line(page.rows.length === 0 ? '✅ No dead letters.' : `<b>${head}</b>`, weights.must)];
  for (const [index, letter] of page.rows.entries()) {
    const why = show(letter.row.lastError ?? 'no cause kept', 100);
    lines.push(
      line(`${bold(String(index + 1))} · ${own(nameOf(letter), 80)} · ${when(letter, presentation)} · ${why}`),
    );
  }
  const buttons = page.rows.map(
    ({ queue, row }, index): Button => ({
      text: String(index + 1),
      callback: { kind: 'dead', act: 'show', queue, id: row.id },
    }),
  );
  const turns = turnRow(page, newestFirst, (position) => ({ kind: 'dead_list', position }));
  const keyboard = [...inRows(buttons, buttonsPerRow), turns];
  return { text: fitLines(lines), keyboard: keyboard.filter((row) => row.length > 0) };
}

/** The second step of throwing a dead letter away. */
export function discardQuestion(letter: DeadLetter): Question {
  return {
    ask: 'Discard this dead letter for good?',
    lines: [line(own(nameOf(letter), 200)), line('It will never be carried out.')],
    yes: 'Yes, discard it',
    back: { kind: 'dead', act: 'show', queue: letter.queue, id: letter.row.id },
  };
}

export function deadLetterCard(letter: DeadLetter, presentation: Presentation): View {
  const { row } = letter;
  const button = (text: string, act: DeadLetterAct): Button => ({
    text,
    callback: { kind: 'dead', act, queue: letter.queue, id: row.id },
  });
  return {
    text: fitLines([
      line(`💀 <b>${own(nameOf(letter))}</b>`, weights.must),
      line(`About ${code(letter.queue === 'inbox' ? letter.row.reference : letter.row.key, 120)}`),
      line(`Came ${formatTime(row.receivedAt, presentation)} · given up ${when(letter, presentation)}`),
      line(`Attempts: ${row.startedAttempts} begun, ${row.finishedAttempts} ended`, weights.detail),
      line(`Cause: ${show(row.lastError ?? 'none was kept', 900)}`, weights.must),
    ]),
    keyboard: [
      [button('Redrive', 'redrive'), button('Discard', 'discard')],
      [{ text: '‹ Dead letters', callback: { kind: 'dead_list', position: null } }],
    ],
  };
}

function when(letter: DeadLetter, presentation: Presentation): string {
  return formatTime(letter.row.abandonedAt ?? letter.row.receivedAt, presentation);
}
