import type { CalendarDay } from '#kernel/calendar.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import type { View } from '../../text/view.ts';
import { plural } from '../../text/words.ts';

export interface PeriodExported {
  from: CalendarDay;
  to: CalendarDay;
  payments: number;
  refunds: number;
  days: number;
  files: number;
  end: 'under_way' | 'done' | 'too_large' | 'stopped' | 'failed';
}

const ends: Readonly<Record<PeriodExported['end'], string>> = {
  under_way: 'The files are being written …',
  done: 'Done.',
  too_large: '⚠️ Too much for a chat: ask for a shorter period.',
  stopped: '⚠️ Stopped in the middle: ask again.',
  failed: '⚠️ It failed in the middle; the log has why.',
};

/** The one message that is edited while the files of a period are sent. */
export function periodExported(exported: PeriodExported): View {
  const { from, to, payments, refunds, days, files } = exported;
  const counts = [plural(payments, 'payment line'), plural(refunds, 'refund'), plural(days, 'closed day')];
  return {
    text: fitLines([
      line(`<b>Export</b> ${from} to ${to}`, weights.must),
      ...(files === 0 ? [] : [line(`${counts.join(', ')} in ${plural(files, 'file')}`, weights.must)]),
      line(files === 0 && exported.end === 'done' ? 'Nothing is in these days.' : ends[exported.end], weights.must),
    ]),
    keyboard: [],
  };
}
