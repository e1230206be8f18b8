import type { CalendarDay } from '#kernel/calendar.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { ResolvingAction } from '#payments/resolutions/options/resolution-actions.ts';
import type { AdminBotDeps, CallbackContext, ServedContext } from './env.ts';
import { editView, replyView } from './replies.ts';
import type { View } from '../text/view.ts';

/** Every place that a screen can lead to, with what it needs to be shown. */
interface Destinations {
  order: { order: { id: OrderId } | { number: number } };
  refund: { orderId: OrderId };
  override: { orderId: OrderId; action: 'mark_paid' | 'write_off' };
  channel_order_review: { orderId: OrderId; decision: 'accept' | 'remember' | 'reject' };
  exception: { wanted: { id: string } | { key: string } };
  exceptions: object;
  /** The question about a decision on a case. */
  resolution: { exceptionId: string; action: ResolvingAction };
  book: { day: CalendarDay };
}

export type Destination = {
  [Name in keyof Destinations]: { screen: Name } & Destinations[Name];
}[keyof Destinations];
export type DestinationOf<Name extends Destination['screen']> = Extract<Destination, { screen: Name }>;

/** Shown in a new message, or in the one whose button was tapped. */
export type At = { reply: ServedContext } | { edit: CallbackContext };

export function contextOf(at: At): ServedContext {
  return 'edit' in at ? at.edit : at.reply;
}

export function showView(at: At, view: View): Promise<number | undefined> {
  return 'edit' in at ? editView(at.edit, view) : replyView(at.reply, view);
}

/** What was to be shown is not there: a toast where a button was tapped, a message where there was none. */
export async function tellInstead(at: At, text: string): Promise<string> {
  if ('edit' in at) return text;
  await replyView(at.reply, { text, keyboard: [] });
  return '';
}

/** What a card needs that is shown where its buttons are not served. */
export interface PlainDeps extends Pick<AdminBotDeps, 'database' | 'clock' | 'providers'> {
  timeZone: string;
  /** User name of the admin bot; null until it is known. */
  commandBot(): string | null;
}
