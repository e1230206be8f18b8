import { formatUnits, toUnits } from '../decimal.ts';
import type { RandomIds } from '../ids.ts';
import type { CreateRequest } from './requests.ts';
import type { CheckoutStatus } from './statuses.ts';

export interface Refund {
  readonly id: string;
  readonly checkoutId: string;
  readonly amount: string;
  readonly currency: 'USDC';
  status: 'PENDING' | 'COMPLETED' | 'FAILED';
  readonly reason?: string | undefined;
  transactionHash?: string;
  readonly createdAt: string;
  completedAt?: string;
}

export interface Checkout {
  readonly request: CreateRequest;
  readonly id: string;
  readonly pageId: string;
  readonly address: string;
  readonly createdAtMs: number;
  expiresAt: string;
  updatedAtMs: number;
  status: CheckoutStatus;
  transactionHash?: string;
  readonly refunds: Refund[];
  readonly isForeign: boolean;
  readonly idempotencyKey: string | undefined;
  createCalls: number;
}

const defaultLifeMs = 24 * 60 * 60 * 1000;
/** USDC on Base. */
const tokenAddress = '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913';
/** The documented samples keep 1.25 of 100. */
const feeShareOf10000 = 125n;
/** All documented amounts have two places. */
export const amountPlaces = 2;

export function newCheckout(
  request: CreateRequest,
  about: { ids: RandomIds; nowMs: number; isForeign: boolean; idempotencyKey: string | undefined },
): Checkout {
  return {
    request,
    id: about.ids.objectId(about.nowMs),
    pageId: `pl_${about.ids.base32(26)}`,
    address: `0x${about.ids.hex(20)}`,
    createdAtMs: about.nowMs,
    updatedAtMs: about.nowMs,
    expiresAt: request.expiresAt ?? new Date(about.nowMs + defaultLifeMs).toISOString(),
    status: 'ACTIVE',
    refunds: [],
    isForeign: about.isForeign,
    idempotencyKey: about.idempotencyKey,
    createCalls: 1,
  };
}

export function isPaid(checkout: Checkout): boolean {
  return ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(checkout.status);
}

export function amountOf(checkout: Checkout): bigint {
  return toUnits(checkout.request.amount, amountPlaces);
}

/** Sum of the refunds in one of these states. */
export function refundedUnits(checkout: Checkout, statuses: readonly Refund['status'][]): bigint {
  return checkout.refunds
    .filter((refund) => statuses.includes(refund.status))
    .reduce((sum, refund) => sum + toUnits(refund.amount, amountPlaces), 0n);
}

/** The object as the API and the webhooks show it; what is absent is left out, as in the documented samples. */
export function checkoutObject(checkout: Checkout, about: { pageUrl: string; eventType?: string }) {
  const { request } = checkout;
  const refunded = refundedUnits(checkout, ['COMPLETED']);
  return {
    id: checkout.id,
    url: about.pageUrl,
    amount: formatUnits(amountOf(checkout), amountPlaces),
    currency: request.currency,
    network: 'base',
    address: checkout.address,
    description: request.description,
    tokenAddress,
    eventType: about.eventType,
    expiresAt: checkout.expiresAt,
    failRedirectUrl: request.failRedirectUrl,
    metadata: request.metadata,
    settlement: isPaid(checkout) ? settlement(checkout) : undefined,
    status: checkout.status,
    successRedirectUrl: request.successRedirectUrl,
    refundedAmount: refunded > 0n ? formatUnits(refunded, amountPlaces) : undefined,
    refunds: checkout.refunds.length > 0 ? checkout.refunds : undefined,
    transactionHash: checkout.transactionHash,
    createdAt: new Date(checkout.createdAtMs).toISOString(),
    updatedAt: new Date(checkout.updatedAtMs).toISOString(),
  };
}

function settlement(checkout: Checkout) {
  const total = amountOf(checkout);
  const fee = (total * feeShareOf10000 + 5_000n) / 10_000n;
  return {
    totalAmount: formatUnits(total, amountPlaces),
    feeAmount: formatUnits(fee, amountPlaces),
    netAmount: formatUnits(total - fee, amountPlaces),
    currency: 'USDC',
  };
}
