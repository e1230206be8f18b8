import { type Clock, type Milliseconds, minute } from '#kernel/clock.ts';
import { ProviderUnreachable } from '../../ports/provider-errors.ts';
import type { Coupon, CouponDraft } from '../../ports/sales-channel.ts';
import type { PayhipClient } from './client.ts';

/** No shop of this size has more coupons; at a page a second the list is read within half a minute. */
const pagesMax = 25;
/** For how long a list is shown again without being fetched. */
const keptMs: Milliseconds = minute / 2;

export interface CouponList {
  list(signal?: AbortSignal): Promise<{ coupons: Coupon[]; isWhole: boolean }>;
  create(draft: CouponDraft, signal?: AbortSignal): Promise<{ coupon: Coupon; wasThere: boolean }>;
}

export function createCouponList(deps: { client: PayhipClient; clock: Clock }): CouponList {
  const { client, clock } = deps;
  let asking: Promise<{ coupons: Coupon[]; isWhole: boolean }> | undefined;
  let kept: { at: Milliseconds; list: { coupons: Coupon[]; isWhole: boolean } } | undefined;

  async function fetchAll(signal?: AbortSignal): Promise<{ coupons: Coupon[]; isWhole: boolean }> {
    const found = new Map<string, Coupon>();
    for (let page = 1; page <= pagesMax; page += 1) {
      const known = found.size;
      for (const coupon of await client.listPage(page, signal)) found.set(coupon.id, coupon);
      // A page that brings nothing new is past the end, or Payhip ignored the page number.
      if (found.size === known) return { coupons: [...found.values()], isWhole: true };
    }
    return { coupons: [...found.values()], isWhole: false };
  }

  async function refresh(signal?: AbortSignal): Promise<{ coupons: Coupon[]; isWhole: boolean }> {
    const list = await fetchAll(signal);
    kept = { at: clock.elapsed(), list };
    return list;
  }

  return {
    async list(signal) {
      if (kept !== undefined && clock.elapsed() - kept.at < keptMs) return kept.list;
      // However many ask at once, the list is fetched once; who gives up does not end it for the others.
      asking ??= refresh().finally(() => {
        asking = undefined;
      });
      return untilAborted(asking, signal);
    },
    async create(draft, signal) {
      // Payhip knows no idempotency key and would make a second coupon of the same code, or refuse it.
      const before = await refresh(signal);
      const known = findByCode(before.coupons, draft.code);
      if (known !== undefined) return { coupon: known, wasThere: true };
      if (!before.isWhole) {
        throw unreachable(
          'create_coupon: there are more coupons than can be looked through for the code',
          'create_coupon',
        );
      }
      kept = undefined;
      return { coupon: await client.createCoupon(draft, signal), wasThere: false };
    },
  };
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(unreachable('list_coupons: it took too long', 'list_coupons'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function findByCode(coupons: readonly Coupon[], code: string): Coupon | undefined {
  return coupons.find((coupon) => coupon.code.toLowerCase() === code.toLowerCase());
}

function unreachable(message: string, operation: string): ProviderUnreachable {
  return new ProviderUnreachable({ provider: 'payhip', operation, code: null, httpStatus: null, message });
}
