import { clip, isVisible, oneLine } from '#kernel/text.ts';

/** The one place where text from outside becomes Telegram's HTML. Attributes are quoted with `"`, so it is escaped too. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Text from outside, on one line, at most `unitsMax` UTF-16 units of it, escaped. A name of which nothing is seen is said so. */
export function show(text: string, unitsMax = 160): string {
  const shown = tidy(text);
  return shown === '' || isVisible(shown) ? escapeHtml(clip(shown, unitsMax)) : '(not visible)';
}

/** As `show`, in a box that copies at a tap and in which Telegram makes neither links nor commands of what a customer wrote. */
export function code(text: string, unitsMax = 120): string {
  return `<code>${show(text, unitsMax)}</code>`;
}

export function bold(text: string, unitsMax = 160): string {
  return `<b>${show(text, unitsMax)}</b>`;
}

// Line breaks would make room for forged lines, and the bidirectional overrides would turn an amount around.
function tidy(text: string): string {
  return oneLine(text.replaceAll(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g, ''));
}
