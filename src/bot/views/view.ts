import { encodeTap, type Tap } from '../callback-data.ts';

export type Button = { text: string; tap: Tap } | { text: string; url: string };

/** What a message shows: Telegram's HTML, already fitted, and rows of buttons. */
export interface View {
  text: string;
  keyboard: Button[][];
}

/** What every view that shows times is given. */
export interface Look {
  now: number;
  timeZone: string;
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
          : { text: button.text, callback_data: encodeTap(button.tap) },
      ),
    ),
  };
}

/** Two buttons a row: more do not fit a phone in words. */
export function inPairs(buttons: readonly Button[]): Button[][] {
  return inRows(buttons, 2);
}

/** At most so many of them in one row, and no last row of one where they can be shared out evenly: five are three and two. */
export function inRows(buttons: readonly Button[], perRowMax: number): Button[][] {
  const rows: Button[][] = [];
  const perRow = Math.ceil(buttons.length / Math.max(Math.ceil(buttons.length / perRowMax), 1));
  for (let index = 0; index < buttons.length; index += perRow) rows.push(buttons.slice(index, index + perRow));
  return rows;
}

/** Telegram makes no button of an address whose host has no dot in it, and refuses the whole message. */
export function isButtonUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname.includes('.');
}
