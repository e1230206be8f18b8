import { fitLines, line, weights } from '../../text/fit.ts';
import { escapeHtml } from '../../text/html.ts';
import type { View } from '../../text/view.ts';

interface CommandWords {
  command: string;
  usage: string;
  description: string;
}

interface HelpSection {
  title: string;
  commands: readonly CommandWords[];
}

export function helpView(sections: readonly HelpSection[]): View {
  const lines = sections.flatMap(({ title, commands }) => [
    line(`<b>${escapeHtml(title)}</b>`, weights.must),
    ...commands.map(({ command, usage, description }) => {
      const how = usage === '' ? '' : ` ${escapeHtml(usage)}`;
      return line(`/${command}${how} — ${escapeHtml(description)}`, weights.must);
    }),
  ]);
  return { text: fitLines(lines), keyboard: [] };
}
