/** The one place where text from outside becomes Telegram's HTML. Attributes are quoted with `"`, so it is escaped too. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Text from outside, on one line, at most `unitsMax` UTF-16 units of it, escaped. */
export function show(text: string, unitsMax = 160): string {
  return escapeHtml(clip(tidy(text), unitsMax));
}

/** As `show`, in a box that copies at a tap and in which Telegram makes neither links nor commands of what a customer wrote. */
export function code(text: string, unitsMax = 120): string {
  return `<code>${show(text, unitsMax)}</code>`;
}

export function bold(text: string, unitsMax = 160): string {
  return `<b>${show(text, unitsMax)}</b>`;
}

/** Cuts plain text, never through a surrogate pair, and says so with an ellipsis. */
export function clip(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  const cut = text.slice(0, Math.max(unitsMax - 1, 0));
  const end = /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  return `${end}…`;
}

// Line breaks would make room for forged lines, and the bidirectional overrides would turn an amount around.
function tidy(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g, '')
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim();
}
