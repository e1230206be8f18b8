import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { replayedMax } from '#payments/webhooks/collect-events.ts';
import type { Booking, Move, ReplayRange, ReplayReport } from '#payments/webhooks/replay.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import type { Presentation, View } from '../../text/view.ts';
import { formatTime, plural, statusWord } from '../../text/words.ts';

const moveGroup = { one: 'more move', many: 'more moves' };
const bookingGroup = { one: 'more booking', many: 'more bookings' };

/** How long a dry run may be answered with the real one. */
export const replayConfirmMinutes = 10;

export interface ReplayStep {
  range: ReplayRange;
  /** Undefined before the first event. */
  report: ReplayReport | undefined;
  isOver: boolean;
  /** The real run that this dry run may be followed by. */
  pendingId: string | null;
}

/** `names`: the providers that are configured. */
export function replayUsage(names: readonly string[]): View {
  const [first = 'PROVIDER', second = first] = names;
  const lines = [
    line('<b>Replay stored webhooks</b> through today’s code', weights.must),
    line('<code>/replay EVENT_ID</code>'),
    line(`<code>/replay ${show(first)} 6h now</code>`),
    line(`<code>/replay ${show(second)} 2026-11-25T10:00 2026-11-25T12:30</code>`),
    line('A word after it takes one type of event only.'),
    line('First comes a dry run, which changes nothing.', weights.must),
  ];
  return { text: fitLines(lines), keyboard: [] };
}

/** The one message of a replay: what it is about, how far it is, and what moves. */
export function replayView(step: ReplayStep, presentation: Presentation): View {
  const { range, report, isOver, pendingId } = step;
  const lines = [
    line(headOf(step), weights.must),
    line(rangeText(range, presentation), weights.must),
    ...(report === undefined ? [line('Looking for the events …')] : reportLines(report, isOver)),
  ];
  if (pendingId === null) return { text: fitLines(lines), keyboard: [] };
  lines.push(line(`<i>Good for ${replayConfirmMinutes} minutes, for you only.</i>`, weights.extra));
  const callback = { kind: 'confirm', pendingId, choice: null } as const;
  return { text: fitLines(lines), keyboard: [[{ text: 'Replay for real', callback }]] };
}

function headOf({ report, isOver }: ReplayStep): string {
  const what = report?.mode === 'real' ? 'Replay' : 'Dry run';
  if (report?.stoppedBy) return `⛔ <b>${what} ended early</b>: ${show(report.stoppedBy, 120)}`;
  if (isOver) return report?.mode === 'real' ? '✅ <b>Replayed</b>' : '🔎 <b>Dry run</b>: nothing was changed';
  const at = report === undefined ? '' : ` · ${report.processed} of ${report.total}`;
  return `⏳ <b>${what}</b>${at}`;
}

function rangeText(range: ReplayRange, presentation: Presentation): string {
  if (range.kind === 'event') return `Event ${code(range.eventId, 60)}`;
  const type = range.eventType === null ? '' : ` · ${code(range.eventType, 60)}`;
  return `${providerTitle(range.provider)} · ${formatTime(range.from, presentation)} to ${formatTime(range.to, presentation)}${type}`;
}

function reportLines(report: ReplayReport, isOver: boolean): Line[] {
  const { mode, found, refused, subjects } = report;
  if (found === 0) return isOver ? [line('No such event is kept.', weights.must)] : [];
  const lines = [line(`${plural(found, 'event')} about ${plural(subjects, 'payment')}`)];
  if (report.isCut) lines.push(line(`Only the first ${replayedMax} events; replay the rest by a later time.`));
  if (refused > 0) lines.push(line(`${refused} are not accepted by today’s secrets, and are left out.`));
  lines.push(line(countsText(report), weights.must));
  const verb = mode === 'real' ? 'moved' : 'would move';
  lines.push(...report.moves.map((move) => moveLine(move, verb)));
  lines.push(...report.bookings.map((booking) => bookingLine(booking, mode)));
  return lines;
}

function countsText(report: ReplayReport): string {
  const { movedCount, bookedCount, held, unchanged, unknown, failed } = report;
  const isReal = report.mode === 'real';
  const moved = `${bold(String(movedCount))} ${isReal ? 'moved' : 'would move'}`;
  const booked = `${bold(String(bookedCount))} ${isReal ? 'booked' : 'would be booked'}`;
  const news = [...(movedCount > 0 || bookedCount === 0 ? [moved] : []), ...(bookedCount > 0 ? [booked] : [])];
  const parts = [...news, `${unchanged} unchanged`];
  if (held > 0) parts.push(`${held} ${held === 1 ? 'stays' : 'stay'} held for you to decide`);
  if (unknown > 0) parts.push(`${unknown} unknown here`);
  if (failed > 0) parts.push(`${failed} could not be read or asked about`);
  return parts.join(', ');
}

function moveLine(move: Move, verb: string): Line {
  const words = `${bold(move.orderNumber)} ${verb} from ${statusWord(move.from)} to ${statusWord(move.to)}`;
  return { html: `• ${words}`, weight: weights.extra, group: moveGroup };
}

function bookingLine(booking: Booking, mode: ReplayReport['mode']): Line {
  const verb = mode === 'real' ? 'booked' : 'would be booked';
  return { html: `• ${bookingText(booking, verb)}`, weight: weights.extra, group: bookingGroup };
}

function bookingText(booking: Booking, verb: string): string {
  const reference = code(booking.reference, 40);
  switch (booking.kind) {
    case 'sale': {
      const number = booking.orderNumber === null ? '' : ` ${bold(booking.orderNumber)}`;
      return `sale ${reference} of ${formatMoney(booking.money)} ${verb} as${number} ${saleWords[booking.as]}`;
    }
    case 'refund': {
      const waits = booking.isWaiting ? ', with its sale' : '';
      return `refund of ${formatMoney(booking.money)} in all of sale ${reference} ${verb}${waits}`;
    }
    case 'subscription':
      return `subscription ${reference} ${verb} as ${booking.status}`;
    default:
      return booking satisfies never;
  }
}

const saleWords = { paid: 'paid', paid_if_licensed: 'paid, if its license is good', held: 'held' } as const;
