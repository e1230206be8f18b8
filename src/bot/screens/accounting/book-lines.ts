// The lines that a day's page and its digest are made of.
import {
  type AssetLine,
  type ClosingContent,
  type FeeLine,
  type ProviderLedger,
  type RefundLine,
  type Tally,
  tallyGroups,
} from '#accounting/ledger/closing.ts';
import { isEmptyTally } from '#accounting/ledger/tally.ts';
import { formatAsset } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { type Line, line, weights } from '../../text/fit.ts';
import { code, show } from '../../text/html.ts';
import { plural, statusWord } from '../../text/words.ts';

const differenceGroup = { one: 'more difference', many: 'more differences' };
const correctionGroup = { one: 'more correction', many: 'more corrections' };

/** `Tue 24 Nov`; a day of the calendar has no time zone. */
export function dayTitle(day: string): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format(Date.parse(`${day}T12:00:00Z`)).replace(',', '');
}

/** `24 Nov`. */
export function shortTitle(day: string): string {
  return dayTitle(day).split(' ').slice(1).join(' ');
}

/** Everything of one provider's day. */
export function providerLines(book: ProviderLedger): Line[] {
  const title = `<b>${show(providerTitle(book.provider))}</b>`;
  const details = [
    ...book.payments.flatMap(assetLines),
    ...receivedLines(book),
    ...figureLines(book),
    ...book.refunds.map((refund) => line(refundText(refund))),
    ...book.settlements.map(({ currency, count, amount }) =>
      line(`${plural(count, 'settlement')} paid out: ${asset(amount, currency)}`),
    ),
    ...(book.notMade > 0 ? [line(`${plural(book.notMade, 'link')} could not be made`, weights.detail)] : []),
  ];
  if (book.unknownWhy !== null) return [line(`${title} · there unknown: ${show(book.unknownWhy, 200)}`), ...details];
  return details.length === 0 ? [line(`${title} · nothing`, weights.extra)] : [line(title), ...details];
}

function assetLines({ asset: unit, here, there }: AssetLine): Line[] {
  if (there === null) return [line(`${show(unit)}: ${tallyText(here)}`)];
  const isSame = tallyGroups.every(
    (group) => here[group].count === there[group].count && here[group].amount === there[group].amount,
  );
  if (isSame) return [line(`${show(unit)}: ${tallyText(here)} · same there`)];
  return [line(`${show(unit)} here: ${tallyText(here)}`), line(`${show(unit)} there: ${tallyText(there)}`)];
}

/** What is none of is left out, and of the unpaid only the count matters. */
function tallyText(tally: Tally): string {
  if (isEmptyTally(tally)) return 'none';
  return tallyGroups
    .filter((group) => tally[group].count > 0)
    .map((group) => {
      const { count, amount } = tally[group];
      return group === 'paid' || group === 'odd' ? `${count} ${group} ${show(amount)}` : `${count} ${group}`;
    })
    .join(' · ');
}

/** Where it came in the unit that was asked for, the sums above say it already. */
function receivedLines({ received, payments }: ProviderLedger): Line[] {
  const others = received.filter((one) => !payments.some((other) => other.asset === one.asset));
  if (others.length === 0) return [];
  return [line(`Received ${others.map((one) => asset(one.amount, one.asset)).join(', ')}`, weights.detail)];
}

function figureLines({ figures, withoutFigures }: ProviderLedger): Line[] {
  const missing = withoutFigures === null || withoutFigures === 0 ? '' : ` · ${withoutFigures} without a fee yet`;
  if (figures.length === 0) return missing === '' ? [] : [line(missing.slice(3), weights.detail)];
  return figures.map((figure, index) => line(`${figureText(figure)}${index === 0 ? missing : ''}`));
}

function figureText({ asset: unit, fee, net }: FeeLine): string {
  return `Fee ${asset(fee, unit)}, net ${asset(net, unit)}`;
}

function refundText({ currency, here, there }: RefundLine): string {
  const text = `↩️ ${plural(here.count, 'refund')}: ${asset(here.amount, currency)}`;
  if (there === null) return text;
  return there.count === here.count ? text : `${text}, there only ${there.count}`;
}

/** One short line for each provider and asset, for the message that tells of the closing. */
export function digestLines(book: ProviderLedger): Line[] {
  const title = `<b>${show(providerTitle(book.provider))}</b>`;
  const figures = [...book.figures];
  const refunds = [...book.refunds];
  const isAlone = book.payments.length === 1;
  const lines = book.payments.map(({ asset: unit, here }) => {
    const paid = here.paid.count === 0 ? '' : ` ${asset(here.paid.amount, unit)}`;
    const parts = [`${title} · ${here.paid.count} paid${paid}`];
    if (here.odd.count > 0) parts.push(`${here.odd.count} odd ${asset(here.odd.amount, unit)}`);
    for (const figure of taken(figures, (one) => isAlone || one.asset === unit)) parts.push(lower(figureText(figure)));
    for (const refund of taken(refunds, (one) => isAlone || one.currency === unit)) parts.push(refundText(refund));
    return line(parts.join(' · '));
  });
  const rest = [...figures.map((figure) => lower(figureText(figure))), ...refunds.map(refundText)];
  return rest.length === 0 ? lines : [...lines, line(`${title} · ${rest.join(' · ')}`)];
}

/** Providers that had payments on the day and whose own side is not known. */
export function notCompared({ providers }: ClosingContent): ProviderLedger[] {
  return providers.filter(({ unknownWhy, payments }) => unknownWhy !== null && payments.length > 0);
}

export function notComparedLines(content: ClosingContent): Line[] {
  const books = notCompared(content);
  const titles = books.map(({ provider, isGivenUp }) => `${providerTitle(provider)}${isGivenUp ? ' (no answer)' : ''}`);
  return books.length === 0 ? [] : [line(`Not compared: ${show(titles.join(', '))}`, weights.detail)];
}

/** Takes out of the list what fits. */
function taken<Part>(list: Part[], fits: (part: Part) => boolean): Part[] {
  const found = list.filter(fits);
  list.splice(0, list.length, ...list.filter((part) => !fits(part)));
  return found;
}

function lower(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

/** Loud where there is something; a sentence where there is nothing. */
export function differenceLines({ unexplained, explained }: ClosingContent): Line[] {
  if (unexplained.count === 0) {
    const known = explained === 0 ? '' : ` · ${explained} explained`;
    return [line(`Unexplained: 0${known}`, weights.must)];
  }
  return [
    line(`⚠️ <b>UNEXPLAINED: ${unexplained.count}</b>`, weights.must),
    ...unexplained.list.map(({ provider, kind, reference, order, here, there }) => {
      const which = [order, reference].filter((word) => word !== null).map((word) => code(word, 40));
      const about = [show(providerTitle(provider)), statusWord(kind), ...which].join(' ');
      return {
        html: `• ${about}: here ${show(here, 80)}; there ${show(there, 80)}`,
        weight: weights.fact,
        group: differenceGroup,
      };
    }),
  ];
}

export function correctionLines({ corrections }: ClosingContent): Line[] {
  if (corrections.count === 0) return [];
  const moved = corrections.paidChanges.map(({ provider, asset: unit, amount }) => {
    const sign = amount.startsWith('-') ? '' : '+';
    return `${show(providerTitle(provider))} ${sign}${asset(amount, unit)}`;
  });
  const paid = moved.length === 0 ? '' : `; paid ${moved.join(', ')}`;
  return [
    line(`✏️ <b>Corrections to earlier days: ${corrections.count}</b>${paid}`),
    ...corrections.list.map(({ day, order, changes }) => {
      const told = changes.filter(({ field }) => field !== 'counts as');
      const words = told.map(({ field, was, is }) => `${field} ${show(was ?? 'none', 40)} → ${show(is ?? 'none', 40)}`);
      return {
        html: `• ${shortTitle(day)} ${show(order)}: ${words.map(statusWord).join(', ')}`,
        weight: weights.extra,
        group: correctionGroup,
      };
    }),
  ];
}

export function exceptionLines({ exceptions }: ClosingContent): Line[] {
  const count = exceptions.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return [line('No open exceptions', weights.detail)];
  const kinds = Map.groupBy(exceptions, ({ kind }) => kind);
  const words = [...kinds].map(([kind, of]) => `${of.reduce((sum, one) => sum + one.count, 0)} ${kindWord(kind)}`);
  return [line(`${plural(count, 'open exception')}: ${show(words.join(', '), 200)}`)];
}

/** `payment_underpaid` is about a payment anyhow. */
function kindWord(kind: string): string {
  return statusWord(kind.replace(/^(?:payment|finding)_/, ''));
}

export function overrideLines({ interventions }: ClosingContent): Line[] {
  if (interventions.length === 0) return [];
  const words = interventions.map(({ action, count }) => `${count} ${action.replaceAll(/[._]/g, ' ')}`);
  return [line(`Manually: ${show(words.join(', '), 200)}`, weights.detail)];
}

export function noteLines({ notes }: ClosingContent): Line[] {
  return notes.map((note) =>
    line(`<i>${show(note, 300)}</i>`, note.includes('broken') ? weights.must : weights.detail),
  );
}

function asset(amount: string, unit: string): string {
  return show(formatAsset({ amount, asset: unit }));
}
