import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';

export const orderStatuses = [
  'awaiting_payment',
  'paid',
  'fulfilled',
  'expired',
  'cancelled',
  'needs_attention',
  'partially_refunded',
  'refunded',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** `provider`: a channel order, made in a provider's own shop and reported by a webhook or an export. */
export const orderOrigins = ['store', 'admin', 'provider'] as const;
export type OrderOrigin = (typeof orderOrigins)[number];

export interface OrderItem {
  sku: string | null;
  name: string;
  quantity: number;
  unitAmountMinor: number;
}

/** What a customer wants, with a total and an expiry. Fields that do not apply are null, never absent. */
export interface Order {
  id: OrderId;
  /** The short number for people; shown as `T-1042`. */
  number: number;
  status: OrderStatus;
  /** Rises by one with every change; compare-and-set names it. */
  version: number;
  currency: string;
  amountMinor: number;
  items: OrderItem[];
  /** The shop's own reference of the order. */
  reference: string | null;
  customerEmail: string | null;
  customerName: string | null;
  redirectUrl: string | null;
  metadata: Record<string, string>;
  origin: OrderOrigin;
  note: string | null;
  /** Why it needs attention, in a sentence; null in every other status. */
  attention: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  expiresAt: Milliseconds;
  paidAt: Milliseconds | null;
  fulfilledAt: Milliseconds | null;
}

export function formatOrderNumber(number: number): string {
  return `T-${number}`;
}

/** Reads `T-1042`, `t-1042`, `#1042` or `1042`; undefined when it is none of these. */
export function parseOrderNumber(text: string): number | undefined {
  const match = /^(?:t-|#)?(\d{1,9})$/i.exec(text.trim());
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
