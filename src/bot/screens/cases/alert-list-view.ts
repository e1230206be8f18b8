import type { Case } from '#cases/case.ts';
import type { Page, TimedKey } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { newestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, clip, show } from '../../text/html.ts';
import { type Button, inRows, type Presentation, type View } from '../../text/view.ts';
import { alertSigns, formatTimeShort, sentence, severitySigns, statusWord } from '../../text/words.ts';

const labelUnitsMax = 16;

/** Alerts that are not over, newest first: a line for each, and below them short buttons that open one with its actions. */
export function alertList(page: Page<Case, TimedKey>, presentation: Presentation): View {
  const lines = [line(`<b>Alerts</b>${pageTitle(page)}`, weights.must)];
  if (page.rows.length === 0) lines.push(line('✅ Nothing needs a human.'));
  const rows = withLabels(page.rows);
  lines.push(...rows.map(({ alert, label }) => alertLine(alert, label, presentation)));
  const buttons = rows.map(
    ({ alert, label }): Button => ({ text: label, callback: { kind: 'alert_view', id: alert.id } }),
  );
  const turns = turnRow(page, newestFirst, (position) => ({ kind: 'alerts', position }));
  return {
    text: fitLines(lines),
    keyboard: [...inRows(buttons, perRow(buttons)), turns].filter((row) => row.length > 0),
  };
}

interface Labelled {
  alert: Case;
  label: string;
}

/** What an alert is about, in a word: the same in its line and on its button, and never twice on a page. */
function withLabels(alerts: readonly Case[]): Labelled[] {
  const uses = new Map<string, number>();
  return alerts.map((alert) => {
    const subject = subjectOf(alert);
    const use = (uses.get(subject) ?? 0) + 1;
    uses.set(subject, use);
    return { alert, label: use === 1 ? subject : `${subject} (${use})` };
  });
}

function subjectOf({ kind, provider, facts }: Case): string {
  if (facts.orderNumber !== null) return clip(facts.orderNumber, labelUnitsMax);
  if (provider !== null) return clip(providerTitle(provider), labelUnitsMax);
  return clip(sentence(statusWord(kind)), labelUnitsMax);
}

/** An open alert has no sign of its own: what somebody has taken, or put off, is what differs. */
function alertLine(alert: Case, label: string, presentation: Presentation): Line {
  const state = alert.status === 'open' ? '' : alertSigns[alert.status];
  const when = formatTimeShort(alert.lastRaisedAt, presentation);
  return line(`${severitySigns[alert.severity]}${state} ${bold(label)} ${show(alert.facts.headline, 100)} · ${when}`);
}

/** As many as a phone shows whole. */
function perRow(buttons: readonly Button[]): number {
  const longest = Math.max(...buttons.map(({ text }) => text.length), 0);
  if (longest <= 6) return 4;
  return longest <= 10 ? 3 : 2;
}
