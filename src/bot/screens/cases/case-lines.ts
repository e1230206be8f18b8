// What both cards of a case say: the alert card, and the card with the decisions.
import { type Case, isLive } from '#cases/case.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Line, line, weights } from '../../text/fit.ts';
import { bold, escapeHtml, show } from '../../text/html.ts';
import type { Presentation } from '../../text/view.ts';
import { formatTime, severitySigns } from '../../text/words.ts';

/** `🟠 Payment underpaid`; `headline` is HTML. */
export function headLine(one: Case, headline: string): Line {
  return line(`${isLive(one) ? severitySigns[one.severity] : '✅'} ${headline}`, weights.must);
}

interface Subject {
  orderNumber: string | null;
  /** HTML. */
  amount: string | null;
  provider: ProviderName | null;
  /** The provider's own page of it; its name leads there. */
  providerUrl: string | null;
}

/** `Order T-1042 · 49.00 USD · BTCPay`, as far as it is known. */
export function subjectLines({ orderNumber, amount, provider, providerUrl }: Subject): Line[] {
  const parts = [
    orderNumber === null ? null : `Order ${bold(orderNumber)}`,
    amount,
    provider === null ? null : leadingTo(show(providerTitle(provider)), providerUrl),
  ].filter((part) => part !== null);
  return parts.length === 0 ? [] : [line(parts.join(' · '), weights.must)];
}

function leadingTo(html: string, url: string | null): string {
  return url === null ? html : `<a href="${escapeHtml(url)}">${html}</a>`;
}

/** `Why: Expired / PaidPartial`; no line for what is not known. */
export function factLines(facts: readonly [label: string, text: string | null, unitsMax: number][]): Line[] {
  return facts.flatMap(([label, text, unitsMax]) => (text === null ? [] : [line(`${label}: ${show(text, unitsMax)}`)]));
}

export function sinceText({ openedAt }: Case, presentation: Presentation): string {
  return `Since ${formatTime(openedAt, presentation)}`;
}

/** `💤 Rests until 22 Nov, 05:00`, while it is snoozed. */
export function snoozeLines({ status, snoozedUntil }: Case, options: Presentation & { words: string }): Line[] {
  if (status !== 'snoozed' || snoozedUntil === null) return [];
  return [line(`💤 ${options.words} until ${formatTime(snoozedUntil, options)}`, weights.must)];
}
