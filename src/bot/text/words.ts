import type { CaseSeverity, CaseStatus } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { Trust } from '#kernel/provider-name.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { PaymentStatus } from '#payments/model/payment.ts';
import type { RefundStatus } from '#payments/model/refund.ts';
import type { Presentation } from './view.ts';

export const orderSigns: Readonly<Record<OrderStatus, string>> = {
  awaiting_payment: '⏳',
  paid: '💰',
  fulfilled: '✅',
  expired: '⌛',
  cancelled: '✖️',
  needs_attention: '⚠️',
  partially_refunded: '↩️',
  refunded: '↩️',
};

export const paymentSigns: Readonly<Record<PaymentStatus, string>> = {
  created: '⏳',
  pending: '⏳',
  paid: '💰',
  underpaid: '⚠️',
  overpaid: '⚠️',
  paid_late: '⚠️',
  expired: '⌛',
  failed: '⛔',
  cancelled: '✖️',
  reversed: '⛔',
};

export const refundSigns: Readonly<Record<RefundStatus, string>> = {
  awaiting_approval: '✋',
  requested: '⏳',
  pending: '⏳',
  succeeded: '↩️',
  failed: '⛔',
  cancelled: '✖️',
  unknown: '❔',
};

export const severitySigns: Readonly<Record<CaseSeverity, string>> = { critical: '🔴', warning: '🟠', info: '🔵' };

export const alertSigns: Readonly<Record<CaseStatus, string>> = {
  open: '🔔',
  acknowledged: '✋',
  snoozed: '💤',
  resolved: '✅',
};

/** How sure we are of what a provider said: it was asked, it signed its message, or it only knows a secret. */
export function trustText(trust: Trust, provider: string | null): string {
  const title = provider === null ? 'the provider' : providerTitle(provider);
  switch (trust) {
    case 'fetched':
      return `confirmed with ${title}`;
    case 'signed':
      return `signed by ${title}, not confirmed yet`;
    case 'token':
      return `told by ${title} under a shared secret, not confirmed`;
    default:
      return trust satisfies never;
  }
}

/** A status is the same word everywhere; the chat only writes its underscores as spaces. */
export function statusWord(status: string): string {
  return status.replaceAll('_', ' ');
}

/** The same words with a capital in front. */
export function sentence(text: string): string {
  return text.replace(/^./u, (first) => first.toUpperCase());
}

interface TimeFormats {
  readonly year: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
}

/** By time zone: making one takes far longer than a card takes to draw. */
const timeFormats = new Map<string, TimeFormats>();

function timeFormatsOf(timeZone: string): TimeFormats {
  let formats = timeFormats.get(timeZone);
  if (formats === undefined) {
    const format = (fields: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...fields });
    formats = {
      year: format({ year: 'numeric' }),
      date: format({ day: 'numeric', month: 'short' }),
      time: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    };
    timeFormats.set(timeZone, formats);
  }
  return formats;
}

/** `22 Nov, 14:05` in the admin's time zone, with the year when it is another one. */
export function formatTime(at: Milliseconds, { now, timeZone }: Presentation): string {
  const { year, date, time } = timeFormatsOf(timeZone);
  const isThisYear = year.format(at) === year.format(now);
  return `${date.format(at)}${isThisYear ? '' : ` ${year.format(at)}`}, ${time.format(at)}`;
}

/** For a list: `14:05` of today, `21 Nov` of any other day. */
export function formatTimeShort(at: Milliseconds, presentation: Presentation): string {
  const [date = '', time = ''] = formatTime(at, presentation).split(', ');
  return date === formatTime(presentation.now, presentation).split(', ')[0] ? time : date;
}

export function formatDay(at: Milliseconds, presentation: Presentation): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: presentation.timeZone, day: '2-digit', month: 'short' }).format(
    at,
  );
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
