/** Coinbase: Checkouts, Status. */
export const checkoutStatuses = [
  'ACTIVE',
  'PROCESSING',
  'COMPLETED',
  'FAILED',
  'EXPIRED',
  'DEACTIVATED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
] as const;
export type CheckoutStatus = (typeof checkoutStatuses)[number];
