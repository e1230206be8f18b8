import { Buffer } from 'node:buffer';
import { badRequest } from './api-error.ts';
import { checkLink } from './links.ts';
import type { InlineButton, ReplyMarkup } from './model.ts';

/** Telegram's limits for one inline keyboard. */
const buttonsMax = 100;
const callbackDataBytesMax = 64;
const copyTextMax = 256;

const actions = [
  'callback_data',
  'url',
  'copy_text',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'callback_game',
  'pay',
];

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads `reply_markup` of a message that is sent; undefined when there is none. */
export function parseReplyMarkup(value: unknown): ReplyMarkup | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (!isFields(value)) throw badRequest('object expected as reply markup');
  if ('inline_keyboard' in value) return { kind: 'inline', rows: parseInlineKeyboard(value['inline_keyboard']) };
  if ('keyboard' in value) return parseKeyboard(value);
  if (flag(value, 'remove_keyboard')) return { kind: 'remove' };
  if (flag(value, 'force_reply')) return { kind: 'force_reply', ...placeholder(value) };
  return undefined;
}

/** Edits carry an inline keyboard or none; leaving it out takes the buttons away. */
export function parseEditMarkup(value: unknown): readonly (readonly InlineButton[])[] {
  const markup = parseReplyMarkup(value);
  if (!markup) return [];
  if (markup.kind !== 'inline') throw badRequest('inline keyboard expected');
  return markup.rows;
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw badRequest(`field "${name}" must be of type Boolean`);
  return value;
}

function placeholder(fields: Fields): { placeholder?: string } {
  const value = fields['input_field_placeholder'];
  return typeof value === 'string' ? { placeholder: value } : {};
}

function rowsOf(value: unknown, field: string): unknown[][] {
  if (!Array.isArray(value)) throw badRequest(`field "${field}" must be of type Array`);
  for (const row of value) if (!Array.isArray(row)) throw badRequest(`field "${field}" must be an Array of Arrays`);
  return value as unknown[][];
}

function parseKeyboard(fields: Fields): ReplyMarkup {
  for (const name of ['selective', 'one_time_keyboard', 'is_persistent', 'resize_keyboard']) flag(fields, name);
  const rows = rowsOf(fields['keyboard'], 'keyboard').map((row) =>
    row.map((button) => {
      if (typeof button === 'string') return button;
      const text = isFields(button) ? button['text'] : undefined;
      if (typeof text !== 'string') throw badRequest('can\'t parse keyboard button: Can\'t find field "text"');
      return text;
    }),
  );
  return { kind: 'keyboard', rows: rows.filter((row) => row.length > 0), ...placeholder(fields) };
}

function parseInlineKeyboard(value: unknown): InlineButton[][] {
  const rows = rowsOf(value, 'inline_keyboard')
    .map((row) => row.map(parseInlineButton))
    .filter((row) => row.length > 0);
  if (rows.flat().length > buttonsMax) throw badRequest('reply markup is too long');
  return rows;
}

function parseInlineButton(button: unknown): InlineButton {
  const fault = (reason: string) => badRequest(`can't parse inline keyboard button: ${reason}`);
  if (!isFields(button)) throw fault('InlineKeyboardButton must be an Object');
  const text = button['text'];
  if (text === undefined) throw fault('Can\'t find field "text"');
  if (typeof text !== 'string') throw fault('Field "text" must be of type String');
  if (text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID');
  const action = actions.find((name) => button[name] !== undefined && button[name] !== '');
  if (action === undefined) throw fault('Text buttons are unallowed in the inline keyboard');
  const style = typeof button['style'] === 'string' ? { style: button['style'] } : {};
  return { text, ...parseAction(action, button[action]), ...style };
}

function parseAction(action: string, value: unknown): Partial<InlineButton> {
  switch (action) {
    case 'callback_data': {
      if (typeof value !== 'string') throw badRequest('BUTTON_DATA_INVALID');
      if (Buffer.byteLength(value) > callbackDataBytesMax) throw badRequest('BUTTON_DATA_INVALID');
      return { callback_data: value };
    }
    case 'url': {
      const link = checkLink(String(value));
      if ('fault' in link) throw badRequest(`inline keyboard button URL '${String(value)}' is invalid: ${link.fault}`);
      return { url: link.url };
    }
    case 'copy_text': {
      const text = isFields(value) ? value['text'] : undefined;
      const isValid = typeof text === 'string' && text.length > 0 && text.length <= copyTextMax;
      if (!isValid) throw badRequest('BUTTON_COPY_TEXT_INVALID');
      return { copy_text: { text } };
    }
    case 'web_app': {
      const url = isFields(value) ? String(value['url']) : '';
      if (!url.toLowerCase().startsWith('https://')) {
        throw badRequest(`inline keyboard button Web App URL '${url}' is invalid: Only HTTPS links are allowed`);
      }
      return { web_app: { url } };
    }
    case 'login_url':
      throw badRequest('BOT_DOMAIN_INVALID');
    case 'pay':
    case 'callback_game':
      throw badRequest('BUTTON_TYPE_INVALID');
    default:
      return {};
  }
}
