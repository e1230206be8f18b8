// The books in the chat: the list of days, one day's page, and the short form that is sent when a day was closed.
import type { ClosingContent } from '#accounting/ledger/closing.ts';
import type { ClosedDay, OpenDay } from '#accounting/ledger/read-ledger.ts';
import type { LedgerFault, LedgerVerified } from '#accounting/ledger/verify-ledger.ts';
import { addDays, type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { formatAsset, sumDecimals } from '#kernel/money.ts';
import type { Page } from '#kernel/page.ts';
import { newestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { code, show } from '../../text/html.ts';
import { type Button, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';
import {
  correctionLines,
  dayTitle,
  differenceLines,
  digestLines,
  exceptionLines,
  notCompared,
  notComparedLines,
  noteLines,
  overrideLines,
  providerLines,
  shortTitle,
} from './book-lines.ts';

/** As many days as a list shows on one screen with its buttons. */
export const bookDaysShown = 8;
const buttonsPerRow = 4;
/** So much of a hash is shown: enough to compare by eye. */
const hashShown = 12;

/** ✅ both sides agree · ☑️ they do as far as they can be compared · ⚠️ something is unexplained · ⏳ not closed. */
export function bookSign(content: ClosingContent): string {
  if (content.unexplained.count > 0) return '⚠️';
  return notCompared(content).length > 0 ? '☑️' : '✅';
}

export function bookList(
  { open, closed }: { open: readonly OpenDay[]; closed: Page<ClosedDay, number> },
  presentation: Presentation,
): View {
  const lines = [line(`<b>Books</b>${pageTitle(closed)}`, weights.must)];
  if (open.length + closed.rows.length === 0) {
    lines.push(line('There are none yet: they begin with the day of the first order.'));
  }
  for (const day of open) lines.push(line(`⏳ ${dayTitle(day.day)} · ${openWords(day, presentation)}`));
  for (const { day, content } of closed.rows) {
    const { count } = content.unexplained;
    const unexplained = count === 0 ? '' : `<b>${count} unexplained</b> · `;
    lines.push(line(`${bookSign(content)} ${dayTitle(day)} · ${unexplained}${sumWords(content)}`));
  }
  const days = closed.rows.map(
    ({ day }): Button => ({ text: shortTitle(day), callback: { kind: 'book', act: 'show', day } }),
  );
  const turns = turnRow(closed, newestFirst, (position) => ({ kind: 'books', position }));
  const [newest] = closed.rows;
  const check: Button[] =
    newest === undefined ? [] : [{ text: 'Verify chain', callback: { kind: 'book', act: 'verify', day: newest.day } }];
  return { text: fitLines(lines), keyboard: [...inRows(days, buttonsPerRow), turns, check].filter(hasButtons) };
}

const hasButtons = (row: readonly Button[]): boolean => row.length > 0;

function openWords({ dueAt, delay }: OpenDay, presentation: Presentation): string {
  if (delay !== null) return `waits since ${formatTime(delay.since, presentation)}: ${show(delay.reason, 160)}`;
  if (dueAt === null) return 'open; the day before comes first';
  return dueAt > presentation.now
    ? `open; closes after ${formatTime(dueAt, presentation)}`
    : 'over; it is closed within the hour';
}

/** How many were paid, and the sums of each asset: never across. */
function sumWords(content: ClosingContent): string {
  const paid = content.providers.flatMap(({ payments }) => payments).filter(({ here }) => here.paid.count > 0);
  if (paid.length === 0) return 'nothing was paid';
  const byAsset = Map.groupBy(paid, ({ asset }) => asset);
  const sums = [...byAsset].map(([asset, of]) =>
    show(formatAsset({ amount: sumDecimals(of.map(({ here }) => here.paid.amount)), asset })),
  );
  const count = paid.reduce((sum, { here }) => sum + here.paid.count, 0);
  return `${count} paid · ${sums.join(', ')}`;
}

/** One day, whole; what does not fit the screen is in the export. */
export function bookPage(closed: ClosedDay, options: Presentation & { hasNext: boolean }): View {
  const { content, closing, day } = closed;
  return {
    text: fitLines(
      [
        line(`${bookSign(content)} <b>Books of ${dayTitle(day)}</b>`, weights.must),
        line(`Closed ${formatTime(closing.closedAt, options)} · no. ${closing.number}`, weights.detail),
        ...differenceLines(content),
        ...content.providers.flatMap(providerLines),
        ...correctionLines(content),
        ...exceptionLines(content),
        ...overrideLines(content),
        ...noteLines(content),
        hashLine(closed),
      ],
      { linesMax: 26 },
    ),
    keyboard: pageKeyboard(closed, options),
  };
}

function hashLine({ closing }: ClosedDay): Line {
  return line(`Chain ${code(closing.hash.slice(0, hashShown))}`, weights.detail);
}

function pageKeyboard({ day, closing }: ClosedDay, { hasNext }: { hasNext: boolean }): Button[][] {
  const row: Button[] = [];
  if (closing.number > 1)
    row.push({
      text: `‹ ${shortTitle(addDays(day, -1))}`,
      callback: { kind: 'book', act: 'show', day: addDays(day, -1) },
    });
  if (hasNext)
    row.push({
      text: `${shortTitle(addDays(day, 1))} ›`,
      callback: { kind: 'book', act: 'show', day: addDays(day, 1) },
    });
  return [
    row,
    [
      { text: 'Chart', callback: { kind: 'book', act: 'chart', day } },
      { text: 'Export', callback: { kind: 'book', act: 'export', day } },
    ],
    [
      { text: 'Verify chain', callback: { kind: 'book', act: 'verify', day } },
      { text: '‹ Books', callback: { kind: 'books', position: null } },
    ],
  ];
}

/** A day that is not closed has no numbers yet. */
export function openBookPage(open: OpenDay, presentation: Presentation): View {
  return {
    text: fitLines([
      line(`⏳ <b>Books of ${dayTitle(open.day)}</b>`, weights.must),
      line(openWords(open, presentation), weights.must),
    ]),
    keyboard: [[{ text: '‹ Books', callback: { kind: 'books', position: null } }]],
  };
}

/** Telegram takes no longer text under a picture. */
const captionUnitsMax = 1024;

/** What is sent when a day was closed; it stands under a picture. */
export function bookDigest(closed: ClosedDay, options: { commandBot: string | null }): View {
  const { content, day } = closed;
  const providers = content.providers.flatMap(digestLines);
  return {
    text: fitLines(
      [
        line(`${bookSign(content)} <b>Books of ${dayTitle(day)}</b>`, weights.must),
        ...differenceLines(content),
        ...(providers.length === 0 ? [line('Nothing was paid.')] : providers),
        ...notComparedLines(content),
        ...correctionLines(content),
        ...exceptionLines(content),
        ...noteLines(content),
        hashLine(closed),
      ],
      { unitsMax: captionUnitsMax, linesMax: 16 },
    ),
    keyboard: wayToBooks(day, options.commandBot),
  };
}

function wayToBooks(day: CalendarDay, commandBot: string | null): Button[][] {
  if (commandBot === null) return [];
  return [[{ text: 'Open the books', url: `https://t.me/${commandBot}?start=${startWord(day)}` }]];
}

/** The word behind `/start` that opens a day: Telegram lets letters, digits, `_` and `-` through. */
function startWord(day: CalendarDay): string {
  return `books-${day}`;
}

export function readStartWord(text: string): CalendarDay | undefined {
  return text.startsWith('books-') ? readCalendarDay(text.slice('books-'.length)) : undefined;
}

/** Under the picture: what its colours stand for in numbers. */
export function chartCaption(days: readonly ClosedDay[]): string {
  const open = days.filter(({ content }) => content.unexplained.count > 0);
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return 'No day is closed yet.';
  const words = open.map(({ day, content }) => `${shortTitle(day)} (${content.unexplained.count})`);
  const unexplained = words.length === 0 ? 'Nothing is unexplained.' : `⚠️ Unexplained: ${words.join(', ')}`;
  return `${shortTitle(first.day)} to ${shortTitle(last.day)}. ${unexplained}`;
}

function faultText(fault: LedgerFault): string {
  switch (fault.code) {
    case 'closing_missing':
      return `closing ${fault.closing} is missing`;
    case 'does_not_follow':
      return `it does not follow from closing ${fault.closing}`;
    case 'wrong_start':
      return 'the first closing does not begin with the fixed start';
    case 'content_changed':
      return 'its content is not what was hashed';
    case 'row_differs':
      return 'its row says something else than its content';
    case 'entries_count_differs':
      return `it has ${fault.found} entries instead of ${fault.expected ?? 'none'}`;
    case 'entries_changed':
      return 'its entries are not what was hashed';
    default:
      return fault satisfies never;
  }
}

export function chainText(verified: LedgerVerified): string {
  if (verified.kind === 'broken') {
    return `⛔ The chain is broken at no. ${verified.number}, ${dayTitle(verified.day)}: ${faultText(verified)}.`;
  }
  if (verified.hash === null) return 'There is no closing yet.';
  return `The chain is whole: ${plural(verified.count, 'closing')}, up to ${verified.hash.slice(0, hashShown)}.`;
}
