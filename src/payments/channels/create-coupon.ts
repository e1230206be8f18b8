import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderRateLimited, ProviderRejected } from '../ports/provider-errors.ts';
import type { Coupon, CouponDraft } from '../ports/sales-channel.ts';

export type CouponCreated =
  | { kind: 'created'; coupon: Coupon }
  /** The code exists, by this request's first try or as an older coupon. */
  | { kind: 'was_there'; coupon: Coupon }
  | { kind: 'refused'; fault: CouponFault }
  | { kind: 'failed'; isRejected: boolean; message: string }
  | { kind: 'provider_off' };

export type CouponFault = 'code_malformed' | 'neither_share_nor_amount' | 'share_out_of_range' | 'amount_not_positive';

/** What is wrong with a draft; undefined when it is valid. A surface has the words. */
export function couponFault(draft: CouponDraft): CouponFault | undefined {
  if (!/^[A-Za-z0-9_-]{3,40}$/.test(draft.code)) return 'code_malformed';
  if ((draft.percent === null) === (draft.amountMinor === null)) return 'neither_share_nor_amount';
  if (draft.percent !== null && !/^(?:[1-9]\d?|100)$/.test(draft.percent)) return 'share_out_of_range';
  if (draft.amountMinor !== null && draft.amountMinor <= 0) return 'amount_not_positive';
  return undefined;
}

/** Makes a coupon at a channel, once however often it is requested: the channel is searched for the code first. */
export async function createCoupon(
  deps: ProviderDeps,
  input: { provider: ProviderName; draft: CouponDraft; actor: Actor },
): Promise<CouponCreated> {
  const { provider, draft, actor } = input;
  const fault = couponFault(draft);
  if (fault !== undefined) return { kind: 'refused', fault };
  const sales = deps.providers.find(provider)?.sales;
  if (sales === undefined) return { kind: 'provider_off' };
  // Recorded before the call, so that a coupon whose answer was lost has an actor.
  await audit(deps, { actor, action: 'coupon.create', draft, details: {} });
  try {
    const { coupon, wasThere } = await sales.createCoupon(draft);
    if (!wasThere) return { kind: 'created', coupon };
    await audit(deps, { actor, action: 'coupon.was_there', draft, details: { couponId: coupon.id } });
    return { kind: 'was_there', coupon };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const why = failureWords(error);
    await audit(deps, { actor, action: 'coupon.failed', draft, details: { why } });
    return {
      kind: 'failed',
      isRejected: error instanceof ProviderRejected || error instanceof ProviderRateLimited,
      message: why,
    };
  }
}

async function audit(
  deps: TransactionDeps<PaymentStores>,
  input: { actor: Actor; action: string; draft: CouponDraft; details: JsonObject },
): Promise<void> {
  const { actor, action, draft } = input;
  const { code, percent, amountMinor, productKey } = draft;
  const details = { percent, amountMinor, productKey, ...input.details };
  await inTransaction(deps, causeOf(actor), (tx) => recordAudit(tx, { action, subject: `coupon:${code}`, details }));
}
