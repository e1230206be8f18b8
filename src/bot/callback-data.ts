// What a button means when it is tapped. Telegram allows 64 bytes; a UUID is written in 22 characters. Anything that
// does not decode to exactly what was encoded is a forged or an old button, and gets `undefined`.

import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { isCurrency } from '#kernel/money.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { type OrderStatus, orderStatuses } from '#orders/order.ts';
import { exceptionKinds } from '#payments/exceptions/exception.ts';
import { type ResolvingAction, resolvingActions } from '#payments/exceptions/exception-actions.ts';

/** Telegram refuses a longer `callback_data`. */
export const callbackBytesMax = 64;
/** No list in the chat goes further back than this; older orders are found by `/find`. */
export const pageMax = 24;

const alertTaps = [
  'ack',
  'snooze',
  'link',
  'check',
  'open',
  'resolve',
  'paid',
  'refund',
  'list',
  'ask',
  'quarantine',
] as const;
export type AlertTap = (typeof alertTaps)[number];

/** `card`: the pager's message, which the outbox keeps current; `list`: the view behind `/alerts`. */
const alertPlaces = ['card', 'list'] as const;
export type AlertPlace = (typeof alertPlaces)[number];

const orderTaps = [
  'show',
  'check',
  'link',
  'cancel',
  'deliver',
  'refund',
  'accept',
  'remember',
  'reject',
  'paid',
  'writeoff',
  'back',
] as const;
export type OrderTap = (typeof orderTaps)[number];

const exceptionTaps = ['show', 'take', 'give', 'check', 'undo'] as const;
export type ExceptionTap = (typeof exceptionTaps)[number];

export const exceptionFilters = ['all', ...exceptionKinds] as const;
export type ExceptionFilter = (typeof exceptionFilters)[number];

export const statsDays = [7, 30, 90] as const;
export type StatsDays = (typeof statsDays)[number];

export const orderFilters = ['all', ...orderStatuses] as const;
export type OrderFilter = 'all' | OrderStatus;

const productTaps = ['show', 'secret', 'clear', 'remove'] as const;
export type ProductTap = (typeof productTaps)[number];

const setUpPlaces = ['health', 'providers'] as const;
export type SetUpPlace = (typeof setUpPlaces)[number];

const bookTaps = ['show', 'chart', 'export', 'verify'] as const;
export type BookTap = (typeof bookTaps)[number];

const deadTaps = ['show', 'redrive', 'discard'] as const;
export type DeadTap = (typeof deadTaps)[number];
const deadQueues = ['inbox', 'outbox'] as const;
export type DeadQueue = (typeof deadQueues)[number];

/** `ask`: whether one that is not asked any more is back; `quarantine`: whether refused webhooks verify by now. */
const providerTaps = ['ask', 'quarantine'] as const;
export type ProviderTap = (typeof providerTaps)[number];

export type Tap =
  | { kind: 'alert'; act: AlertTap; id: string; place: AlertPlace }
  | { kind: 'alerts'; page: number }
  | { kind: 'alert_view'; id: string }
  | { kind: 'order'; act: OrderTap; id: string }
  | { kind: 'orders'; filter: OrderFilter; page: number }
  /** The second tap of an action that waits; the id is the pending action's. `choice` is the reason that was tapped. */
  | { kind: 'confirm'; pendingId: string; choice: number | null }
  /** The reason of the waiting action is the next message. */
  | { kind: 'write_reason'; pendingId: string }
  /** Which of an order's payments is to be refunded. */
  | { kind: 'refund'; paymentId: string }
  | { kind: 'exceptions'; filter: ExceptionFilter; page: number }
  | { kind: 'exception_kinds' }
  /** Draws the picture of their ages anew. */
  | { kind: 'exception_ages' }
  | { kind: 'exception'; act: ExceptionTap; id: string }
  /** What is decided about an exception; `option` is what the decision needs beside its reason, once that is known. */
  | { kind: 'resolve'; id: string; action: ResolvingAction; option: string | null }
  | { kind: 'stats'; days: StatsDays }
  | { kind: 'books'; page: number }
  | { kind: 'book'; act: BookTap; day: CalendarDay }
  | { kind: 'reconcile'; provider: ProviderName | 'all' }
  | { kind: 'dead'; act: DeadTap; queue: DeadQueue; id: string }
  | { kind: 'dead_list' }
  | { kind: 'products'; page: number }
  | { kind: 'product'; act: ProductTap; id: string }
  | { kind: 'settings' }
  /** Which currency's limit is to be changed; `new` for one that has none yet. */
  | { kind: 'hold_limit'; currency: string }
  | { kind: 'coupons'; page: number }
  /** The message is left as it is, without its buttons. */
  | { kind: 'dismiss' }
  | { kind: 'providers' }
  | { kind: 'provider'; act: ProviderTap; provider: ProviderName | 'all' }
  | { kind: 'health' }
  /** Looks at the set-up anew, in the view that shows it. */
  | { kind: 'set_up'; place: SetUpPlace };

export type TapOf<Kind extends Tap['kind']> = Extract<Tap, { kind: Kind }>;

export function encodeTap(tap: Tap): string {
  switch (tap.kind) {
    case 'alert': {
      const data = `alert:${tap.act}:${shortenId(tap.id)}`;
      return tap.place === 'card' ? data : `${data}:${tap.place}`;
    }
    case 'alerts':
      return `alerts:${tap.page}`;
    case 'alert_view':
      return `alert_view:${shortenId(tap.id)}`;
    case 'order':
      return `order:${tap.act}:${shortenId(tap.id)}`;
    case 'orders':
      return `orders:${tap.filter}:${tap.page}`;
    case 'confirm':
      return tap.choice === null ? `confirm:${tap.pendingId}` : `confirm:${tap.pendingId}:${tap.choice}`;
    case 'write_reason':
      return `write_reason:${tap.pendingId}`;
    case 'refund':
      return `refund:${shortenId(tap.paymentId)}`;
    case 'exceptions':
      return `exceptions:${tap.filter}:${tap.page}`;
    case 'exception':
      return `exception:${tap.act}:${shortenId(tap.id)}`;
    case 'resolve': {
      const data = `resolve:${shortenId(tap.id)}:${tap.action}`;
      return tap.option === null ? data : `${data}:${tap.option}`;
    }
    case 'stats':
      return `stats:${tap.days}`;
    case 'books':
      return `books:${tap.page}`;
    case 'book':
      return `book:${tap.act}:${tap.day}`;
    case 'reconcile':
      return `reconcile:${tap.provider}`;
    case 'dead':
      return `dead:${tap.act}:${tap.queue}:${shortenId(tap.id)}`;
    case 'products':
    case 'coupons':
      return `${tap.kind}:${tap.page}`;
    case 'product':
      return `product:${tap.act}:${shortenId(tap.id)}`;
    case 'hold_limit':
      return `hold_limit:${tap.currency}`;
    case 'provider':
      return `provider:${tap.act}:${tap.provider}`;
    case 'exception_kinds':
    case 'exception_ages':
    case 'dead_list':
    case 'settings':
    case 'dismiss':
    case 'providers':
    case 'health':
      return tap.kind;
    case 'set_up':
      return `set_up:${tap.place}`;
    default:
      return tap satisfies never;
  }
}

/** Undefined for anything that `encodeTap` did not write. */
export function decodeTap(data: string): Tap | undefined {
  if (Buffer.byteLength(data) > callbackBytesMax) return undefined;
  const [kind, ...words] = data.split(':');
  const tap = readTap(kind ?? '', words);
  // Writing it again refuses surplus words, other spellings of a number and bits that are not used.
  return tap !== undefined && encodeTap(tap) === data ? tap : undefined;
}

function readTap(kind: string, [first = '', second = '', third = '']: string[]): Tap | undefined {
  switch (kind) {
    case 'alert': {
      const id = restoreId(second);
      const place = third === '' ? 'card' : oneOf(alertPlaces, third);
      const act = oneOf(alertTaps, first);
      return act && id && place ? { kind, act, id, place } : undefined;
    }
    case 'alerts':
      return readPage(first, (page) => ({ kind, page }));
    case 'alert_view': {
      const id = restoreId(first);
      return id ? { kind, id } : undefined;
    }
    case 'order': {
      const act = oneOf(orderTaps, first);
      const id = restoreId(second);
      return act && id ? { kind, act, id } : undefined;
    }
    case 'orders': {
      const filter = oneOf(orderFilters, first);
      return filter && readPage(second, (page) => ({ kind, filter, page }));
    }
    case 'confirm': {
      const choice = second === '' ? null : readChoice(second);
      return isPendingId(first) && choice !== undefined ? { kind, pendingId: first, choice } : undefined;
    }
    case 'write_reason':
      return isPendingId(first) ? { kind, pendingId: first } : undefined;
    case 'refund': {
      const paymentId = restoreId(first);
      return paymentId ? { kind, paymentId } : undefined;
    }
    case 'exceptions': {
      const filter = oneOf(exceptionFilters, first);
      return filter && readPage(second, (page) => ({ kind, filter, page }));
    }
    case 'exception': {
      const act = oneOf(exceptionTaps, first);
      const id = restoreId(second);
      return act && id ? { kind, act, id } : undefined;
    }
    case 'resolve': {
      const id = restoreId(first);
      const action = oneOf(resolvingActions, second);
      const option = third === '' ? null : readOption(third);
      return id && action && option !== undefined ? { kind, id, action, option } : undefined;
    }
    case 'stats': {
      const days = statsDays.find((candidate) => String(candidate) === first);
      return days && { kind, days };
    }
    case 'books':
      return readPage(first, (page) => ({ kind, page }));
    case 'book': {
      const act = oneOf(bookTaps, first);
      const day = readCalendarDay(second);
      return act && day && { kind, act, day };
    }
    case 'reconcile':
      return first === 'all' || isProviderName(first) ? { kind, provider: first } : undefined;
    case 'dead': {
      const act = oneOf(deadTaps, first);
      const queue = oneOf(deadQueues, second);
      const id = restoreId(third);
      return act && queue && id ? { kind, act, queue, id } : undefined;
    }
    case 'products':
    case 'coupons':
      return readPage(first, (page) => ({ kind, page }));
    case 'product': {
      const act = oneOf(productTaps, first);
      const id = restoreId(second);
      return act && id ? { kind, act, id } : undefined;
    }
    case 'hold_limit':
      return first === 'new' || isCurrency(first) ? { kind, currency: first } : undefined;
    case 'provider': {
      const act = oneOf(providerTaps, first);
      const provider = second === 'all' || isProviderName(second) ? second : undefined;
      return act && provider ? { kind, act, provider } : undefined;
    }
    case 'exception_kinds':
    case 'exception_ages':
    case 'dead_list':
    case 'settings':
    case 'dismiss':
    case 'providers':
    case 'health':
      return { kind };
    case 'set_up': {
      const place = oneOf(setUpPlaces, first);
      return place && { kind, place };
    }
    default:
      return undefined;
  }
}

function oneOf<Word extends string>(words: readonly Word[], text: string): Word | undefined {
  return words.find((word) => word === text);
}

function isPendingId(text: string): boolean {
  return /^[\w-]{16,22}$/.test(text);
}

function readChoice(text: string): number | undefined {
  return /^\d$/.test(text) ? Number(text) : undefined;
}

/** How long to wait, which provider, which order's number. */
function readOption(text: string): string | undefined {
  return /^[a-z0-9]{1,12}$/.test(text) ? text : undefined;
}

function readPage(text: string, make: (page: number) => Tap): Tap | undefined {
  const page = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return page <= pageMax ? make(page) : undefined;
}

/** A UUID in 22 characters of base64url. */
export function shortenId(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

export function restoreId(text: string): string | undefined {
  if (!/^[\w-]{22}$/.test(text)) return undefined;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
