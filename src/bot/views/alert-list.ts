import type { Alert } from '#alerts/alert.ts';
import { pageMax } from '../callback-data.ts';
import { fitLines, line, weights } from './fit.ts';
import { clip, show } from './html.ts';
import type { Button, Look, View } from './view.ts';
import { alertSigns, formatTime, severitySigns } from './words.ts';

/** Alerts that are not over, newest first; a tap opens one with its actions. */
export function alertList(page: { alerts: readonly Alert[]; page: number; hasMore: boolean }, look: Look): View {
  const lines = [line(`<b>Alerts</b> · page ${page.page + 1}`, weights.must)];
  if (page.alerts.length === 0) lines.push(line('✅ Nothing needs a human.'));
  for (const alert of page.alerts) {
    const order = alert.facts.orderNumber === null ? '' : ` · ${show(alert.facts.orderNumber)}`;
    const signs = `${severitySigns[alert.severity]}${alertSigns[alert.status]}`;
    lines.push(line(`${signs} ${show(alert.facts.headline, 100)}${order} · ${formatTime(alert.lastRaisedAt, look)}`));
  }
  return {
    text: fitLines(lines),
    keyboard: [...page.alerts.map(openRow), turnRow(page)].filter((row) => row.length > 0),
  };
}

function openRow(alert: Alert): Button[] {
  const order = alert.facts.orderNumber === null ? '' : `${alert.facts.orderNumber} · `;
  const text = `${severitySigns[alert.severity]} ${order}${alert.facts.headline}`;
  return [{ text: clip(text, 48), tap: { kind: 'alert_view', id: alert.id } }];
}

function turnRow(page: { page: number; hasMore: boolean }): Button[] {
  const row: Button[] = [];
  if (page.page > 0) row.push({ text: '‹ Newer', tap: { kind: 'alerts', page: page.page - 1 } });
  if (page.hasMore && page.page < pageMax) row.push({ text: 'Older ›', tap: { kind: 'alerts', page: page.page + 1 } });
  return row;
}
