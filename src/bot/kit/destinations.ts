import type { DecisionKind } from '#cases/case.ts';
import type { CalendarDay } from '#kernel/calendar.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { ResolvingAction } from '#payments/resolutions/options/resolution-actions.ts';
import type { CallbackContext, ServedContext } from './contexts.ts';

/** Every place that a screen can lead to, with what it needs to be shown. */
interface Destinations {
  order: { order: { id: OrderId } | { number: number } };
  refund: { orderId: OrderId };
  override: { orderId: OrderId; action: 'mark_paid' | 'write_off' };
  channel_order_review: { orderId: OrderId; decision: 'accept' | 'remember' | 'reject' };
  case: { wanted: { id: string } | { key: string } };
  /** All of them, or those of one kind. */
  exceptions: { filter?: DecisionKind };
  /** The question about a decision on a case. */
  resolution: { caseId: string; action: ResolvingAction };
  book: { day: CalendarDay };
}

export type Destination = {
  [Name in keyof Destinations]: { screen: Name } & Destinations[Name];
}[keyof Destinations];
export type DestinationOf<Name extends Destination['screen']> = Extract<Destination, { screen: Name }>;

/** Shown in a new message, or in the one whose button was tapped. */
export type At = { reply: ServedContext } | { edit: CallbackContext };
