import { type Case, type DecisionKind, needsDecision } from '#cases/case.ts';
import type { CaseCount } from '#cases/case-store.ts';
import type { Page, TimedKey } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { oldestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import type { ExceptionFilter } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, inRows, type Presentation, type View } from '../../text/view.ts';
import { severitySigns } from '../../text/words.ts';
import { ageText, kindWords } from '../../wording/case-words.ts';

type ListOptions = Presentation & { filter: ExceptionFilter };

const buttonsPerRow = 4;

/** One page of what somebody has to decide, the oldest first; a number opens the card. */
export function exceptionList(
  { page, counts }: { page: Page<Case, TimedKey>; counts: readonly CaseCount[] },
  options: ListOptions,
): View {
  const { filter } = options;
  const head = `<b>Exceptions</b>${headText(counts, options)}${pageTitle(page)}`;
  const lines = [line(head, weights.must), ...(filter === 'all' ? countLines(counts) : [])];
  if (page.rows.length === 0) {
    lines.push(line(filter === 'all' ? '✅ Nothing waits for a decision.' : 'None of this kind.'));
  }
  lines.push(...page.rows.map((row, index) => rowLine(row, { index, presentation: options })));
  const numbers = page.rows.map(
    ({ id }, index): Button => ({
      text: String(index + 1),
      callback: { kind: 'exception', act: 'show', id },
    }),
  );
  const turns = turnRow(page, oldestFirst, (position) => ({ kind: 'exceptions', filter, position }));
  const keyboard = [...inRows(numbers, buttonsPerRow), turns, filterRow(counts, filter)];
  return { text: fitLines(lines), keyboard: keyboard.filter((row) => row.length > 0) };
}

function headText(counts: readonly CaseCount[], { filter, now }: ListOptions): string {
  const wanted = counts.filter(needsDecision).filter(({ kind }) => filter === 'all' || kind === filter);
  const what = filter === 'all' ? '' : ` · ${show(kindWords[filter])}`;
  const oldestAt = Math.min(...wanted.map((each) => each.oldestAt));
  const oldest = wanted.length === 0 ? '' : `, oldest ${ageText(now - oldestAt)}`;
  return `${what} · ${sum(wanted)} open${oldest}`;
}

/** How many of each kind, the most first; of one kind alone there is nothing to compare. */
function countLines(counts: readonly CaseCount[]): Line[] {
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

function rowLine(one: Case, at: { index: number; presentation: Presentation }): Line {
  const { kind, severity, status, facts, provider, assigneeName, openedAt } = one;
  const rest = status === 'snoozed' ? '💤' : '';
  const subject = facts.orderNumber ?? (provider === null ? '' : providerTitle(provider));
  const difference = facts.differenceFiat === null ? '' : ` ${show(facts.differenceFiat, 24)}`;
  const owner = assigneeName === null ? '' : ` · ✋ ${show(assigneeName, 16)}`;
  const text = [
    `${at.index + 1} ${severitySigns[severity]}${rest} ${bold(subject, 16)} ${show(kindWords[kind])}${difference}`,
    `${ageText(at.presentation.now - openedAt)}${owner}`,
  ];
  return line(text.join(' · '));
}

function filterRow(counts: readonly CaseCount[], filter: ExceptionFilter): Button[] {
  const row: Button[] = [];
  if (filter !== 'all')
    row.push({ text: 'All kinds', callback: { kind: 'exceptions', filter: 'all', position: null } });
  if (kindCounts(counts).length > 1) row.push({ text: 'By kind…', callback: { kind: 'exception_kinds' } });
  row.push({ text: 'Refresh', callback: { kind: 'exceptions', filter, position: null } });
  return row;
}

/** Which kind is to be shown alone: only kinds that there are. */
export function exceptionKindChoice(counts: readonly CaseCount[]): View {
  const buttons = kindCounts(counts).map(
    ({ kind, count }): Button => ({
      text: `${kindWords[kind]} ${count}`,
      callback: { kind: 'exceptions', filter: kind, position: null },
    }),
  );
  const all: Button = {
    text: `All ${sum(counts.filter(needsDecision))}`,
    callback: { kind: 'exceptions', filter: 'all', position: null },
  };
  return { text: '<b>Exceptions</b> of which kind?', keyboard: inPairs([...buttons, all]) };
}

function sum(counts: readonly CaseCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
