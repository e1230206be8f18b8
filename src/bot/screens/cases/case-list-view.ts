import { type Case, type DecisionKind, needsDecision } from '#cases/case.ts';
import type { CaseCount } from '#cases/case-store.ts';
import type { CaseFilter } from '#cases/read-cases.ts';
import type { Page, PagePosition, TimedKey } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { clip } from '#kernel/text.ts';
import { newestFirst, oldestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import type { CallbackData, ExceptionFilter } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, inRows, type Presentation, type View } from '../../text/view.ts';
import { alertSigns, formatTimeShort, severitySigns } from '../../text/words.ts';
import { ageText, kindWords } from '../../wording/case-words.ts';

interface CaseListPage {
  page: Page<Case, TimedKey>;
  /** Not used for alerts: what is counted are the decisions. */
  counts: readonly CaseCount[];
}

/** What differs from filter to filter. */
interface ListContent {
  head: Line[];
  nothing: string;
  rows: { text: string; button: Button }[];
  order: { previous: string; next: string };
  turnTo(position: PagePosition<TimedKey> | null): CallbackData;
  below: Button[];
}

/** One page of the cases that the filter lets through: a line for each, and below them short buttons that open one. */
export function caseList(list: CaseListPage, options: Presentation & { filter: CaseFilter }): View {
  const { filter } = options;
  const content = filter === 'alerts' ? alertContent(list, options) : decisionContent(list, { ...options, filter });
  const buttons = content.rows.map(({ button }) => button);
  const lines = content.rows.map(({ text }) => line(text));
  const turns = turnRow(list.page, content.order, content.turnTo);
  return {
    text: fitLines([...content.head, ...(lines.length === 0 ? [line(content.nothing)] : lines)]),
    keyboard: [...inRows(buttons, perRow(buttons)), turns, content.below].filter((row) => row.length > 0),
  };
}

/** Row and button have the same name: what the alert is about, in a word, and never twice on a page. */
function alertContent({ page }: CaseListPage, presentation: Presentation): ListContent {
  const uses = new Map<string, number>();
  const rows = page.rows.map((alert) => {
    const subject = subjectOf(alert);
    const use = (uses.get(subject) ?? 0) + 1;
    uses.set(subject, use);
    const name = use === 1 ? subject : `${subject} (${use})`;
    // An open alert has no sign of its own: what somebody has taken, or put off, is what differs.
    const signs = `${severitySigns[alert.severity]}${alert.status === 'open' ? '' : alertSigns[alert.status]}`;
    const when = formatTimeShort(alert.lastRaisedAt, presentation);
    return {
      text: `${signs} ${bold(name)} ${show(alert.facts.headline, 100)} · ${when}`,
      button: { text: name, callback: { kind: 'alert_view', id: alert.id } } as const,
    };
  });
  return {
    head: [line(`<b>Alerts</b>${pageTitle(page)}`, weights.must)],
    nothing: '✅ Nothing needs a human.',
    rows,
    order: newestFirst,
    turnTo: (position) => ({ kind: 'alerts', position }),
    below: [],
  };
}

function decisionContent(
  { page, counts: all }: CaseListPage,
  { filter, now }: Presentation & { filter: ExceptionFilter },
): ListContent {
  const counts = all.filter(needsDecision);
  const wanted = filter === 'all' ? counts : counts.filter(({ kind }) => kind === filter);
  const oldestAt = Math.min(...wanted.map((each) => each.oldestAt));
  const what = filter === 'all' ? '' : ` · ${kindWords[filter]}`;
  const oldest = wanted.length === 0 ? '' : `, oldest ${ageText(now - oldestAt)}`;
  const head = `<b>Exceptions</b>${what} · ${sum(wanted)} open${oldest}${pageTitle(page)}`;
  return {
    head: [line(head, weights.must), ...(filter === 'all' ? countLines(counts) : [])],
    nothing: filter === 'all' ? '✅ Nothing waits for a decision.' : 'None of this kind.',
    rows: page.rows.map((one, index) => ({
      text: `${index + 1} ${decisionText(one, now)}`,
      button: { text: String(index + 1), callback: { kind: 'exception', act: 'show', id: one.id } },
    })),
    order: oldestFirst,
    turnTo: (position) => ({ kind: 'exceptions', filter, position }),
    below: [
      ...(filter === 'all' ? [] : [filterButton('All kinds', 'all')]),
      ...(kindCounts(counts).length > 1 ? [{ text: 'By kind…', callback: { kind: 'exception_kinds' } } as const] : []),
      filterButton('Refresh', filter),
    ],
  };
}

function decisionText(one: Case, now: number): string {
  const { kind, severity, status, facts, assigneeName, openedAt } = one;
  const rest = status === 'snoozed' ? alertSigns.snoozed : '';
  const difference = facts.differenceFiat === null ? '' : ` ${show(facts.differenceFiat, 24)}`;
  const owner = assigneeName === null ? '' : ` · ✋ ${show(assigneeName, 16)}`;
  const subject = `${severitySigns[severity]}${rest} ${bold(subjectOf(one))} ${kindWords[kind]}${difference}`;
  return `${subject} · ${ageText(now - openedAt)}${owner}`;
}

function subjectOf({ kind, provider, facts }: Case): string {
  const subject = facts.orderNumber ?? (provider === null ? kindWords[kind] : providerTitle(provider));
  return clip(subject, 16);
}

/** As many as a phone shows whole. */
function perRow(buttons: readonly Button[]): number {
  const longest = Math.max(...buttons.map(({ text }) => text.length), 0);
  if (longest <= 6) return 4;
  return longest <= 10 ? 3 : 2;
}

type DecisionCount = CaseCount & { kind: DecisionKind };

/** How many of each kind, the most first; of one kind alone there is nothing to compare. */
function countLines(counts: readonly DecisionCount[]): Line[] {
  const kinds = kindCounts(counts);
  if (kinds.length < 2) return [];
  // A no-break space keeps a count beside its kind.
  const parts = kinds.map(({ kind, count }) => `${kindWords[kind]} ${count}`.replaceAll(' ', '\u00a0'));
  return [line(`<i>${parts.join(' · ')}</i>`, weights.detail)];
}

function kindCounts(counts: readonly DecisionCount[]): { kind: DecisionKind; count: number }[] {
  return Map.groupBy(counts, ({ kind }) => kind)
    .entries()
    .map(([kind, ofKind]) => ({ kind, count: sum(ofKind) }))
    .toArray()
    .sort((left, right) => right.count - left.count);
}

function filterButton(text: string, filter: ExceptionFilter): Button {
  return { text, callback: { kind: 'exceptions', filter, position: null } };
}

/** Which kind is to be shown alone: only kinds that there are. */
export function caseKindChoice(all: readonly CaseCount[]): View {
  const counts = all.filter(needsDecision);
  const buttons = kindCounts(counts).map(({ kind, count }) => filterButton(`${kindWords[kind]} ${count}`, kind));
  return {
    text: '<b>Exceptions</b> of which kind?',
    keyboard: inPairs([...buttons, filterButton(`All ${sum(counts)}`, 'all')]),
  };
}

function sum(counts: readonly CaseCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
