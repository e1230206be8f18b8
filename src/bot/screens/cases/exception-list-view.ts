import { type Case, type DecisionKind, needsDecision } from '#cases/case.ts';
import type { CaseCount } from '#cases/case-store.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { ageText, kindWords } from '../../kit/case-words.ts';
import type { ExceptionFilter } from '../../text/callback-data.ts';
import { pageMax } from '../../text/callback-fields.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, inRows, type Presentation, type View } from '../../text/view.ts';
import { severitySigns } from '../../text/words.ts';

export interface ListedException {
  case: Case;
  /** Of its order; null where there is none. */
  orderNumber: string | null;
}

export interface ExceptionPage {
  rows: readonly ListedException[];
  counts: readonly CaseCount[];
  filter: ExceptionFilter;
  page: number;
  hasMore: boolean;
}

const buttonsPerRow = 4;

/** One page of what somebody has to decide, the oldest first; a number opens the card. */
export function exceptionList(page: ExceptionPage, presentation: Presentation): View {
  const { rows, filter } = page;
  const lines = [line(headText(page, presentation), weights.must), ...countLines(page)];
  if (rows.length === 0) lines.push(line(filter === 'all' ? '✅ Nothing waits for a decision.' : 'None of this kind.'));
  lines.push(...rows.map((row, index) => rowLine(row, { index, presentation })));
  const numbers = rows.map(
    ({ case: one }, index): Button => ({
      text: String(index + 1),
      callback: { kind: 'exception', act: 'show', id: one.id },
    }),
  );
  const keyboard = [...inRows(numbers, buttonsPerRow), turnRow(page), filterRow(page)];
  return { text: fitLines(lines), keyboard: keyboard.filter((row) => row.length > 0) };
}

function headText({ counts: all, filter, page, hasMore }: ExceptionPage, { now }: Presentation): string {
  const wanted = all.filter(needsDecision).filter(({ kind }) => filter === 'all' || kind === filter);
  const what = filter === 'all' ? '' : ` · ${show(kindWords[filter])}`;
  const total = sum(wanted);
  const oldest =
    wanted.length === 0 ? '' : `, oldest ${ageText(now - Math.min(...wanted.map((each) => each.oldestAt)))}`;
  const which = page === 0 && !hasMore ? '' : ` · page ${page + 1}`;
  return `<b>Exceptions</b>${what} · ${total} open${oldest}${which}`;
}

/** How many of each kind, the most first; of one kind alone there is nothing to compare. */
function countLines({ counts, filter }: ExceptionPage): Line[] {
  if (filter !== 'all') return [];
  const kinds = kindCounts(counts);
  if (kinds.length < 2) return [];
  // A no-break space keeps a count beside its kind.
  const parts = kinds.map(({ kind, count }) => `${kindWords[kind]} ${count}`.replaceAll(' ', '\u00a0'));
  return [line(`<i>${parts.join(' · ')}</i>`, weights.detail)];
}

function kindCounts(all: readonly CaseCount[]): { kind: DecisionKind; count: number }[] {
  const counts = all.filter(needsDecision);
  const kinds = [...new Set(counts.map(({ kind }) => kind))];
  return kinds
    .map((kind) => ({ kind, count: sum(counts.filter((each) => each.kind === kind)) }))
    .sort((left, right) => right.count - left.count);
}

function rowLine({ case: one, orderNumber }: ListedException, at: { index: number; presentation: Presentation }): Line {
  const { kind, severity, status, facts, provider, assigneeName, openedAt } = one;
  const rest = status === 'snoozed' ? '💤' : '';
  const subject = orderNumber ?? (provider === null ? '' : providerTitle(provider));
  const difference = facts.differenceFiat === null ? '' : ` ${show(facts.differenceFiat, 24)}`;
  const owner = assigneeName === null ? '' : ` · ✋ ${show(assigneeName, 16)}`;
  const text = [
    `${at.index + 1} ${severitySigns[severity]}${rest} ${bold(subject, 16)} ${show(kindWords[kind])}${difference}`,
    `${ageText(at.presentation.now - openedAt)}${owner}`,
  ];
  return line(text.join(' · '));
}

function turnRow({ filter, page, hasMore }: ExceptionPage): Button[] {
  const turn = (text: string, to: number): Button => ({ text, callback: { kind: 'exceptions', filter, page: to } });
  const row: Button[] = [];
  if (page > 0) row.push(turn('‹ Older', page - 1));
  if (hasMore && page < pageMax) row.push(turn('Newer ›', page + 1));
  return row;
}

function filterRow({ counts, filter }: ExceptionPage): Button[] {
  const row: Button[] = [];
  if (filter !== 'all') row.push({ text: 'All kinds', callback: { kind: 'exceptions', filter: 'all', page: 0 } });
  if (kindCounts(counts).length > 1) row.push({ text: 'By kind…', callback: { kind: 'exception_kinds' } });
  row.push({ text: 'Refresh', callback: { kind: 'exceptions', filter, page: 0 } });
  return row;
}

/** Which kind is to be shown alone: only kinds that there are. */
export function exceptionKindChoice(counts: readonly CaseCount[]): View {
  const buttons = kindCounts(counts).map(
    ({ kind, count }): Button => ({
      text: `${kindWords[kind]} ${count}`,
      callback: { kind: 'exceptions', filter: kind, page: 0 },
    }),
  );
  const all: Button = {
    text: `All ${sum(counts.filter(needsDecision))}`,
    callback: { kind: 'exceptions', filter: 'all', page: 0 },
  };
  return { text: '<b>Exceptions</b> of which kind?', keyboard: inPairs([...buttons, all]) };
}

function sum(counts: readonly CaseCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
