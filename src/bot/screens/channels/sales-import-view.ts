import { stringify } from 'csv-stringify/sync';
import { slicesOf } from '#kernel/page.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { ExportComparison, ExportDifference } from '#payments/channels/compare-with-export.ts';
import type { ImportedExport } from '#payments/channels/import-export.ts';
import type { UnreadableLine } from '#payments/ports/sales-channel.ts';
import { reasonMinutes } from '../../kit/reason-question.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { code, show } from '../../text/html.ts';
import { type Presentation, textView, type View } from '../../text/view.ts';
import { formatDay, plural } from '../../text/words.ts';
import { lineFaults } from './export-faults.ts';

export interface ImportAbout {
  provider: ProviderName;
  fileName: string;
  unreadable: readonly UnreadableLine[];
}

const moreDifferences = { one: 'more difference', many: 'more differences' };
const moreLines = { one: 'more unreadable line', many: 'more unreadable lines' };

/** An export has thousands of lines, a phone's screen a few: the file that comes with the result has them all. */
const differencesShownMax = 8;
const unreadableShownMax = 4;

/** What an import would find and change, before anything is changed. */
export function importPlan(plan: ExportComparison, options: ImportAbout & Presentation & { pendingId: string }): View {
  const { adds, books, open } = countPlan(plan);
  const changes = [
    adds > 0 ? `add ${plural(adds, 'sale')} as held` : null,
    books > 0 ? `book ${plural(books, 'refund')}` : null,
  ].filter((part) => part !== null);
  const lines = [
    line(`📄 <b>Dry run</b>: nothing is changed yet`, weights.must),
    ...headLines(plan, options),
    line(countLine(plan), weights.must),
    ...(changes.length > 0 ? [line(`Would ${changes.join(', ')}.`, weights.must)] : []),
    ...(open > 0 ? [line(`${plural(open, 'difference')} would stay open for you.`, weights.must)] : []),
    ...(plan.isWhole
      ? []
      : [line('Its days have too many payments here to say which of them it lacks.', weights.must)]),
    ...differenceLines(plan.differences),
    ...unreadableLines(options.unreadable),
    line(`<i>Good for ${reasonMinutes} minutes, for you only.</i>`, weights.detail),
  ];
  const yes = changes.length > 0 ? 'Do it' : 'Keep the result';
  return {
    text: fitLines(lines),
    keyboard: [
      [
        { text: yes, callback: { kind: 'confirm', pendingId: options.pendingId, choice: null } },
        { text: 'Leave it', callback: { kind: 'dismiss' } },
      ],
    ],
  };
}

/** Thousands of sales take a minute. */
export function importUnderWay(count: number, provider: ProviderName): View {
  return textView(`⏳ Comparing ${plural(count, 'sale')} with ${providerTitle(provider)}'s export …`);
}

/** What came of it; the file beside it has every line. */
export function importResult(result: ImportedExport, options: ImportAbout): View {
  const { run, outcomes } = result;
  const sign = run.openCount === 0 ? '✅' : '⚠️';
  const parts = [`${run.matchedCount} match`];
  if (run.healedCount > 0) parts.push(`${run.healedCount} healed`);
  if (run.openCount > 0) parts.push(`${run.openCount} open`);
  const open = outcomes.filter(({ isHealed }) => !isHealed).map(({ difference }) => difference);
  return {
    text: fitLines([
      line(`${sign} <b>Compared with ${providerTitle(options.provider)}'s export</b>`, weights.must),
      line(`${plural(run.comparedCount, 'sale')}: ${parts.join(', ')}`, weights.must),
      ...differenceLines(open),
      ...unreadableLines(options.unreadable),
    ]),
    keyboard: [],
  };
}

function countPlan(plan: ExportComparison): { adds: number; books: number; open: number } {
  const count = (kind: ExportDifference['healing']['kind']): number =>
    plan.differences.filter(({ healing }) => healing.kind === kind).length;
  return { adds: count('add_sale'), books: count('book_return'), open: count('none') };
}

function headLines(plan: ExportComparison, options: ImportAbout & Presentation): Line[] {
  const { window } = plan;
  const days =
    window === null ? 'it tells no dates' : `${formatDay(window.from, options)} to ${formatDay(window.to, options)}`;
  return [line(`${code(options.fileName, 60)} · ${providerTitle(options.provider)} · ${days}`, weights.must)];
}

function countLine(plan: ExportComparison): string {
  const matched = plan.compared - plan.differences.length;
  return `${plural(plan.compared, 'sale')} compared: ${matched} match, ${plural(plan.differences.length, 'difference')}`;
}

function differenceLines(differences: readonly ExportDifference[]): Line[] {
  const shown = differences.slice(0, differencesShownMax).map((difference) => ({
    html: differenceText(difference),
    weight: difference.healing.kind === 'none' ? weights.detail : weights.extra,
    group: moreDifferences,
  }));
  return [...shown, ...restLine(differences.length - shown.length, moreDifferences)];
}

function restLine(count: number, words: { one: string; many: string }): Line[] {
  return count > 0 ? [line(`<i>… ${plural(count, words.one, words.many)}</i>`, weights.must)] : [];
}

function differenceText(difference: ExportDifference): string {
  const which = difference.channelOrder?.reference ?? difference.payment?.reference ?? null;
  const about = which === null ? '' : ` ${code(which, 40)}`;
  const place = difference.channelOrder === null ? '' : `line ${difference.channelOrder.line}, `;
  const sides = `here ${show(difference.here, 80)}; there ${place}${show(difference.there, 80)}`;
  return `${signs[difference.healing.kind]} ${wordOf(difference)}${about}: ${sides}`;
}

const signs = { add_sale: '➕', book_return: '↩️', none: '•' } as const;

function wordOf({ kind, healing }: ExportDifference): string {
  if (healing.kind === 'book_return') return 'refunded there';
  return kind === 'status' ? 'status differs' : words[kind];
}

const words = {
  missing_here: 'missing here',
  missing_there: 'missing there',
  amount: 'amount differs',
  currency: 'currency differs',
} as const;

function unreadableLines(unreadable: ImportAbout['unreadable']): Line[] {
  const shown = unreadable.slice(0, unreadableShownMax).map(({ line: number, fault }) => ({
    html: `⛔ line ${number}: ${show(lineFaults[fault], 100)}`,
    weight: weights.extra,
    group: moreLines,
  }));
  return [...shown, ...restLine(unreadable.length - shown.length, moreLines)];
}

/** The whole result as a file for a spreadsheet: what begins like a formula is kept from being one. Written in slices. */
export async function importReport(result: ImportedExport, options: ImportAbout): Promise<Buffer> {
  const columns = ['result', 'finding', 'transaction', 'line', 'email', 'here', 'there'];
  const parts = [stringify([columns], { bom: true })];
  for await (const slice of slicesOf(result.outcomes)) parts.push(stringify(slice.map(outcomeRow), reportFormat));
  for await (const slice of slicesOf(options.unreadable)) parts.push(stringify(slice.map(faultRow), reportFormat));
  return Buffer.from(parts.join(''));
}

const reportFormat = { escape_formulas: true };

function outcomeRow({ difference, isHealed }: ImportedExport['outcomes'][number]): (string | number)[] {
  const { channelOrder, payment, here, there } = difference;
  const transaction = channelOrder?.reference ?? payment?.reference ?? '';
  const about = [transaction, channelOrder?.line ?? '', channelOrder?.customerEmail ?? ''];
  return [isHealed ? 'healed' : 'open', wordOf(difference), ...about, here, there];
}

function faultRow({ line: number, fault }: UnreadableLine): (string | number)[] {
  return ['unreadable', lineFaults[fault], '', number, '', '', ''];
}
