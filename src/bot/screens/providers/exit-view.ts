import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { Question } from '../../kit/confirmation.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import type { View } from '../../text/view.ts';
import { plural } from '../../text/words.ts';

/** The first step of handing a provider out as files. */
export function exitQuestion(provider: ProviderName): Question {
  return {
    ask: `Export everything of ${providerTitle(provider)}?`,
    lines: [
      line(
        'Orders, payments, timeline, refunds, exceptions, raw events, reconciliation and outages come here as files.',
      ),
      line('They hold your customers’ names and e-mail addresses: keep them safe.', weights.must),
      line('Nothing is changed or deleted.'),
    ],
    yes: 'Yes, export it',
    back: { kind: 'providers' },
  };
}

export interface ExportProgress {
  provider: ProviderName;
  /** Rows of each table that is read to its end, and of the one at hand. */
  tables: readonly { name: string; rows: number }[];
  tablesMax: number;
  files: number;
  end: 'under_way' | 'done' | 'stopped' | 'failed' | 'too_large';
}

const heads: Readonly<Record<ExportProgress['end'], string>> = {
  under_way: '📦 <b>Exporting',
  done: '✅ <b>Exported',
  stopped: '⛔ <b>Stopped exporting',
  failed: '⛔ <b>Could not export all of',
  too_large: '⛔ <b>Too much for a chat:',
};

export function exportView(progress: ExportProgress): View {
  const { tables, tablesMax, files, end } = progress;
  const at = end === 'under_way' && tablesMax > 0 ? ` · ${tables.length} of ${tablesMax}` : '';
  const sent = files === 0 ? '' : ` · ${plural(files, 'file')}`;
  const lines = [
    line(`${heads[end]} ${providerTitle(progress.provider)}</b>${at}${sent}`, weights.must),
    ...tables.map(({ name, rows }) => line(`${name.replaceAll('-', ' ')}: ${plural(rows, 'row')}`)),
  ];
  if (end === 'stopped' || end === 'failed') lines.push(line('The files above are not all; ask for it again.'));
  if (end === 'too_large') lines.push(line('What is above is not all; take the rest from the database itself.'));
  return { text: fitLines(lines), keyboard: [] };
}
