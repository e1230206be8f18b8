import { formatMoney, type Money } from '#kernel/money.ts';
import type { HoldLimits } from '#payments/hold-limit.ts';
import { fitLines, line, weights } from './fit.ts';
import { bold } from './html.ts';
import { confirmMinutes } from './questions.ts';
import { reasonMinutes } from './reason-question.ts';
import { type Button, inPairs, type View } from './view.ts';

/** What admins can change from the chat. */
export function settingsView(limits: HoldLimits): View {
  const entries = Object.entries(limits).sort(([left], [right]) => left.localeCompare(right));
  const lines = entries.map(([currency, amountMinor]) =>
    line(`Hold Payhip sales above: ${bold(formatMoney({ amountMinor, currency }))}`, weights.must),
  );
  const change = entries.map(
    ([currency]): Button => ({ text: `Change ${currency}`, tap: { kind: 'hold_limit', currency } }),
  );
  const other: Button = { text: 'Another currency', tap: { kind: 'hold_limit', currency: 'new' } };
  return {
    text: fitLines([
      line('<b>Settings</b>', weights.must),
      ...lines,
      line('In other currencies all Payhip sales are held.'),
      line('', weights.history),
      line('<i>A held sale counts once somebody accepts it. Everything else is set in the environment.</i>'),
    ]),
    keyboard: inPairs([...change, other]),
  };
}

/** Shown while the new amount is waited for. */
export function holdLimitAwaited(currency: string | null): View {
  const example = currency === null ? '250.00 EUR' : `250.00 ${currency}`;
  return {
    text: fitLines([
      line('✍️ <b>Write the new limit as your next message.</b>', weights.must),
      line(`For example <code>${example}</code>. Payhip sales above it are held; 0 holds all of them.`, weights.must),
      line(`<i>Waits for ${reasonMinutes} minutes.</i>`, weights.extra),
    ]),
    keyboard: [[{ text: 'No, go back', tap: { kind: 'settings' } }]],
  };
}

/** The second step: nothing is changed yet. */
export function holdLimitQuestion(change: { limit: Money; beforeMinor: number | undefined; pendingId: string }): View {
  const { limit, beforeMinor } = change;
  const before =
    beforeMinor === undefined
      ? `All sales in ${limit.currency} are held so far.`
      : `It is ${formatMoney({ ...limit, amountMinor: beforeMinor })} so far.`;
  return {
    text: fitLines([
      line(`❓ <b>Hold Payhip sales above ${formatMoney(limit)}?</b>`, weights.must),
      line(`${before} Sales up to the limit that fit the catalogue count at once, on Payhip's word alone.`),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: 'Yes, change it', tap: { kind: 'confirm', pendingId: change.pendingId, choice: null } }],
      [{ text: 'No, go back', tap: { kind: 'settings' } }],
    ],
  };
}
