// What a button means when it is tapped. Telegram allows 64 bytes; a UUID is written in 22 characters. Anything that
// does not decode to exactly what was encoded is a forged or an old button, and gets `undefined`.
import { decisionKinds } from '#cases/case.ts';
import { orderStatuses } from '#orders/order.ts';
import { resolvingActions } from '#payments/resolutions/options/resolution-actions.ts';
import {
  currencyOrNew,
  day,
  digit,
  type Field,
  id,
  matching,
  numeral,
  orNull,
  pagePosition,
  providerOrAll,
  sequence,
  timedKey,
  usually,
  word,
} from './callback-fields.ts';

/** Telegram refuses a longer `callback_data`. */
export const callbackBytesMax = 64;

export const exceptionFilters = ['all', ...decisionKinds] as const;
export const orderFilters = ['all', ...orderStatuses] as const;
export const statsDays = [7, 30, 90] as const;

const orderTaps = [
  ...(['show', 'check', 'link', 'cancel', 'deliver', 'refund', 'paid', 'writeoff', 'back'] as const),
  // Of a held sale.
  ...(['accept', 'remember', 'reject'] as const),
] as const;

const pendingId = matching(/^[\w-]{16,22}$/);
const queues = ['inbox', 'outbox'] as const;

/** Every kind of button, and what stands in its data, in this order. */
const shapes = {
  alert: {
    act: word(['ack', 'snooze', 'link', 'check', 'open', 'resolve', 'paid', 'refund', 'list', 'ask', 'quarantine']),
    id,
    /** `card`: the pager's message, which the outbox keeps current; `list`: the view behind `/alerts`. */
    place: usually('card', word(['card', 'list'])),
  },
  /** The card of a group of alerts. */
  alert_group: { act: word(['ack', 'snooze', 'list']), id },
  alerts: { position: pagePosition(timedKey) },
  alert_view: { id },
  order: {
    act: word(orderTaps),
    id,
  },
  orders: { filter: word(orderFilters), position: pagePosition(timedKey) },
  /** The second tap of an action that waits; the id is the pending action's. `choice` is the reason that was tapped. */
  confirm: { pendingId, choice: orNull(digit) },
  /** The reason of the waiting action is the next message. */
  write_reason: { pendingId },
  /** Which of an order's payments is to be refunded. */
  refund: { paymentId: id },
  exceptions: { filter: word(exceptionFilters), position: pagePosition(timedKey) },
  exception_kinds: {},
  /** Draws the picture of their ages anew. */
  exception_ages: {},
  exception: { act: word(['show', 'take', 'give', 'check', 'undo']), id },
  /**
   * What is decided about an exception; `option` is what the decision needs beside its reason, once that is known: how long
   * to wait, which provider, which order's number.
   */
  resolve: { id, action: word(resolvingActions), option: orNull(matching(/^[a-z0-9]{1,12}$/)) },
  stats: { days: numeral(statsDays) },
  books: { position: pagePosition(sequence) },
  book: { act: word(['show', 'chart', 'export', 'verify']), day },
  reconcile: { provider: providerOrAll },
  dead: { act: word(['show', 'redrive', 'discard']), queue: word(queues), id },
  dead_list: { position: pagePosition(timedKey) },
  products: { position: pagePosition(matching(/^[\w.-]{1,40}$/)) },
  product: { act: word(['show', 'secret', 'clear', 'remove']), id },
  settings: {},
  /** Which currency's limit is to be changed; `new` for one that has none yet. */
  hold_limit: { currency: currencyOrNew },
  coupons: { position: pagePosition(matching(/^[\w-]{12}$/)) },
  /** The message is left as it is, without its buttons. */
  dismiss: {},
  providers: {},
  /** `ask`: whether one that is not asked any more is back; `quarantine`: whether refused webhooks verify by now. */
  provider: { act: word(['ask', 'quarantine']), provider: providerOrAll },
  health: {},
  /** Checks the set-up anew, in the view that shows it. */
  set_up: { place: word(['health', 'providers']) },
} as const;

type Shapes = typeof shapes;
type ValuesOf<Shape> = {
  -readonly [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};

export type CallbackData = { [Kind in keyof Shapes]: { kind: Kind } & ValuesOf<Shapes[Kind]> }[keyof Shapes];
export type CallbackOf<Kind extends CallbackData['kind']> = Extract<CallbackData, { kind: Kind }>;

export type AlertAct = CallbackOf<'alert'>['act'];
export type AlertPlace = CallbackOf<'alert'>['place'];
export type OrderAct = CallbackOf<'order'>['act'];
export type OrderFilter = CallbackOf<'orders'>['filter'];
export type ExceptionAct = CallbackOf<'exception'>['act'];
export type ExceptionFilter = CallbackOf<'exceptions'>['filter'];
export type StatsDays = CallbackOf<'stats'>['days'];
export type ProductAct = CallbackOf<'product'>['act'];
export type SetUpPlace = CallbackOf<'set_up'>['place'];
export type BookAct = CallbackOf<'book'>['act'];
export type DeadLetterAct = CallbackOf<'dead'>['act'];
export type ProviderAct = CallbackOf<'provider'>['act'];

export function encodeCallback(callback: CallbackData): string {
  const values: Readonly<Record<string, unknown>> = callback;
  const words = fieldsOf(callback.kind).map(([name, field]) => field.write(values[name]));
  while (words.at(-1) === '') words.pop();
  return [callback.kind, ...words].join(':');
}

/** Undefined for anything that `encodeCallback` did not write. */
export function decodeCallback(data: string): CallbackData | undefined {
  if (Buffer.byteLength(data) > callbackBytesMax) return undefined;
  const [kind = '', ...words] = data.split(':');
  if (!isKind(kind)) return undefined;
  const values: Record<string, unknown> = { kind };
  for (const [index, [name, field]] of fieldsOf(kind).entries()) {
    const value = field.read(words[index] ?? '');
    if (value === undefined) return undefined;
    values[name] = value;
  }
  const callback = asTap(values);
  // Writing it again refuses surplus words, other spellings of a number and bits that are not used.
  return encodeCallback(callback) === data ? callback : undefined;
}

function isKind(text: string): text is CallbackData['kind'] {
  return Object.hasOwn(shapes, text);
}

/** The fields of a kind in their order. The compiler cannot know that each is given a value of its own kind only. */
function fieldsOf(kind: CallbackData['kind']): [string, Field<unknown>][] {
  return Object.entries(shapes[kind]) as [string, Field<unknown>][];
}

/** Each of the fields of its kind has read its value, which the compiler cannot follow through the table. */
function asTap(values: Record<string, unknown>): CallbackData {
  return values as CallbackData;
}
