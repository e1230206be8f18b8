import { formatMoney, type Money } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { ReviewThresholds } from '#payments/channels/review-threshold.ts';
import type { Question } from '../../kit/confirmation.ts';
import { reasonMinutes } from '../../kit/reason-question.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import { bold } from '../../text/html.ts';
import { type Button, inPairs, type View } from '../../text/view.ts';
import { sentence } from '../../text/words.ts';

/** Whose sales may be held: `Payhip`; `channel` where none is set up. */
function whose(channels: readonly ProviderName[]): string {
  return channels.length === 0 ? 'channel' : channels.map(providerTitle).join(' and ');
}

/** What admins can change from the chat. */
export function settingsView(limits: ReviewThresholds, channels: readonly ProviderName[]): View {
  const entries = Object.entries(limits).sort(([left], [right]) => left.localeCompare(right));
  const lines = entries.map(([currency, amountMinor]) =>
    line(`Hold ${whose(channels)} sales above: ${bold(formatMoney({ amountMinor, currency }))}`, weights.must),
  );
  const change = entries.map(
    ([currency]): Button => ({ text: `Change ${currency}`, callback: { kind: 'hold_limit', currency } }),
  );
  const other: Button = { text: 'Another currency', callback: { kind: 'hold_limit', currency: 'new' } };
  return {
    text: fitLines([
      line('<b>Settings</b>', weights.must),
      ...lines,
      line(`In other currencies all ${whose(channels)} sales are held.`),
      line('', weights.history),
      line('<i>A held sale counts once somebody accepts it. Everything else is set in the environment.</i>'),
    ]),
    keyboard: inPairs([...change, other]),
  };
}

export function limitExample(currency: string | null): string {
  return formatMoney({ amountMinor: 25_000, currency: currency ?? 'EUR' });
}

/** Shown while the new amount is waited for. */
export function holdLimitAwaited(currency: string | null, channels: readonly ProviderName[]): View {
  return {
    text: fitLines([
      line('✍️ <b>Write the new limit as your next message.</b>', weights.must),
      line(`For example <code>${limitExample(currency)}</code>.`, weights.must),
      line(`${sentence(whose(channels))} sales above it are held; 0 holds all of them.`, weights.must),
      line(`<i>Waits for ${reasonMinutes} minutes.</i>`, weights.extra),
    ]),
    keyboard: [[{ text: 'No, go back', callback: { kind: 'settings' } }]],
  };
}

/** The second step: nothing is changed yet. */
export function holdLimitQuestion(change: {
  limit: Money;
  beforeMinor: number | undefined;
  channels: readonly ProviderName[];
}): Question {
  const { limit, beforeMinor, channels } = change;
  const before =
    beforeMinor === undefined
      ? `All sales in ${limit.currency} are held so far.`
      : `It is ${formatMoney({ ...limit, amountMinor: beforeMinor })} so far.`;
  const counts = 'Sales up to the limit that fit the catalogue count at once, on the channel’s word alone.';
  return {
    ask: `Hold ${whose(channels)} sales above ${formatMoney(limit)}?`,
    lines: [line(`${before} ${counts}`)],
    yes: 'Yes, change it',
    back: { kind: 'settings' },
  };
}
