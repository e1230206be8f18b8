import { clip, isVisible, oneLine } from '#kernel/text.ts';

/** The one place where text from outside becomes Telegram's HTML. Attributes are quoted with `"`, so it is escaped too. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * Text from outside, on one line, at most `unitsMax` UTF-16 units of it, escaped. Words of which Telegram would make a link or a
 * mention stand in boxes that copy at a tap: what a customer calls himself leads nowhere. A name of which
 * nothing is seen is said so.
 */
export function show(text: string, unitsMax = 160): string {
  return asSeen(text, unitsMax).split(' ').map(disarm).join(' ');
}

/** As `show`, all of it in such a box. */
export function code(text: string, unitsMax = 120): string {
  return `<code>${escapeHtml(asSeen(text, unitsMax))}</code>`;
}

export function bold(text: string, unitsMax = 160): string {
  return `<b>${show(text, unitsMax)}</b>`;
}

/** Sentences of our own, in which addresses and commands lead somewhere. */
export function own(text: string, unitsMax = 160): string {
  return escapeHtml(asSeen(text, unitsMax));
}

/** An address that people are meant to open. */
export function address(url: string, unitsMax: number): string {
  return /^https?:\/\/\S+$/.test(url) && url.length <= unitsMax ? escapeHtml(url) : show(url, unitsMax);
}

function asSeen(text: string, unitsMax: number): string {
  const shown = tidy(text);
  return shown === '' || isVisible(shown) ? clip(shown, unitsMax) : '(not visible)';
}

/**
 * More than Telegram takes for an address, a mention, a tag or a phone number, as it does not say what it takes. Commands
 * stay: our sentences name them, and one that is tapped brings no words with it, so that it does nothing but ask.
 */
const leadsSomewhere = [
  /:\/\//,
  /[^\s.]\.(?:xn--|\p{L}[\p{L}\p{M}])/u,
  /\d\.\d+\.\d+\.\d/,
  /[@#][\p{L}\p{N}_]/u,
  /\$\p{L}/u,
  /\+\d[\d()-]{5}/,
];

function disarm(word: string): string {
  const isArmed = leadsSomewhere.some((pattern) => pattern.test(word));
  return isArmed ? `<code>${escapeHtml(word)}</code>` : escapeHtml(word);
}

// Line breaks would make room for forged lines, and the bidirectional overrides would turn an amount around.
function tidy(text: string): string {
  return oneLine(text.replaceAll(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/g, ''));
}
