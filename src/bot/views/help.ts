import { fitLines, line, weights } from './fit.ts';
import { escapeHtml } from './html.ts';
import type { View } from './view.ts';

interface CommandWords {
  command: string;
  usage: string;
  description: string;
}

export function helpView(commands: readonly CommandWords[]): View {
  const lines = commands.map(({ command, usage, description }) => {
    const how = usage === '' ? '' : ` ${escapeHtml(usage)}`;
    return line(`/${command}${how} — ${escapeHtml(description)}`, weights.must);
  });
  return { text: fitLines([line('<b>Tillkeeper</b>', weights.must), ...lines]), keyboard: [] };
}
