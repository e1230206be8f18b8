import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, escapeHtml } from '../../text/html.ts';
import type { Button, View } from '../../text/view.ts';
import { plural } from '../../text/words.ts';

export interface StartReport {
  /** Of the admin who is greeted. */
  name: string;
  /** Alerts that nobody has taken. */
  openAlerts: number;
  /** Alerts that are acknowledged or snoozed. */
  takenAlerts: number;
  ordersInNeed: { count: number; hasMore: boolean };
  /** The few commands to begin with. */
  commands: readonly { command: string; usage: string; description: string }[];
}

/** The start of the day: who this is, what needs somebody now, and where to begin. */
export function startView(report: StartReport): View {
  const text = fitLines([
    line(`👋 Hello, ${bold(report.name, 64)}`, weights.must),
    line('This bot shows the shop’s orders and payments, and lets you put right what went wrong.', weights.must),
    line('', weights.history),
    ...needLines(report),
    line('', weights.history),
    ...report.commands.map(({ command, usage, description }) => {
      const how = usage === '' ? '' : ` ${escapeHtml(usage)}`;
      return line(`/${command}${how} — ${escapeHtml(description)}`, weights.must);
    }),
    line('/help has the rest.'),
  ]);
  const row = needButtons(report);
  return { text, keyboard: row.length === 0 ? [] : [row] };
}

function needLines(report: StartReport): Line[] {
  const lines: Line[] = [];
  const { openAlerts, takenAlerts } = report;
  if (openAlerts > 0) {
    lines.push(line(`🔔 ${bold(plural(openAlerts, 'alert'))} ${openAlerts === 1 ? 'waits' : 'wait'} for somebody`));
  }
  if (takenAlerts > 0) lines.push(line(`✋ ${plural(takenAlerts, 'alert')} in hand or snoozed`));
  if (report.ordersInNeed.count > 0) {
    const need = report.ordersInNeed.count === 1 ? 'needs' : 'need';
    lines.push(line(`⚠️ ${bold(ordersText(report))} ${need} attention`));
  }
  return lines.length > 0 ? lines : [line('✅ Nothing needs you right now.')];
}

function ordersText({ ordersInNeed: { count, hasMore } }: StartReport): string {
  return hasMore ? `More than ${count} orders` : plural(count, 'order');
}

function needButtons(report: StartReport): Button[] {
  const buttons: Button[] = [];
  if (report.openAlerts + report.takenAlerts > 0)
    buttons.push({ text: 'Alerts', callback: { kind: 'alerts', position: null } });
  if (report.ordersInNeed.count > 0) {
    buttons.push({ text: 'Orders in need', callback: { kind: 'orders', filter: 'needs_attention', position: null } });
  }
  return buttons;
}
