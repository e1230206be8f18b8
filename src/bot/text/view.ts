import { type CallbackData, encodeCallback } from './callback-data.ts';
import { show } from './html.ts';

export type Button = { text: string; callback: CallbackData } | { text: string; url: string };

/** What a message shows: Telegram's HTML, already fitted, and rows of buttons. */
export interface View {
  text: string;
  keyboard: Button[][];
}

/** What every view that shows times is given. */
export interface Presentation {
  now: number;
  timeZone: string;
}

/** Plain words, escaped, with nothing to tap. */
export function textView(text: string): View {
  return { text: show(text, 1_000), keyboard: [] };
}

/** The words alone: nothing in bold, no links, no buttons. */
export function plainView({ text }: View): View {
  return { text: text.replaceAll(/<[^>]*>/g, ''), keyboard: [] };
}

export interface Markup {
  inline_keyboard: ({ text: string; callback_data: string } | { text: string; url: string })[][];
}

export function toMarkup(keyboard: readonly Button[][]): Markup {
  return {
    inline_keyboard: keyboard.map((row) =>
      row.map((button) =>
        'url' in button
          ? { text: button.text, url: button.url }
          : { text: button.text, callback_data: encodeCallback(button.callback) },
      ),
    ),
  };
}

/** Two buttons a row: more do not fit a phone in words. */
export function inPairs(buttons: readonly Button[]): Button[][] {
  return inRows(buttons, 2);
}

/** At most so many of them in one row, shared out evenly: of seven with three to a row, the last two rows have two. */
export function inRows(buttons: readonly Button[], perRowMax: number): Button[][] {
  const rowCount = Math.ceil(buttons.length / perRowMax);
  const rows: Button[][] = [];
  for (let from = 0; from < buttons.length; from += rows.at(-1)?.length ?? 0) {
    const perRow = Math.ceil((buttons.length - from) / (rowCount - rows.length));
    rows.push(buttons.slice(from, from + perRow));
  }
  return rows;
}

/** Telegram makes no button of an address whose host has no dot in it, and refuses the whole message. */
export function isButtonUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname.includes('.');
}
