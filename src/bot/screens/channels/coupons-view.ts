import { formatMoney } from '#kernel/money.ts';
import type { Page } from '#kernel/page.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { Coupon, CouponDraft } from '#payments/ports/sales-channel.ts';
import type { Question } from '../../kit/confirmation.ts';
import { pageTitle, turnRow } from '../../kit/paged-list.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import type { Presentation, View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';

export const couponsPerPage = 10;
export const couponUsage = '/coupons new CODE 20% [PRODUCT], or 5.00 instead of 20%';

interface CouponListOptions extends Presentation {
  channel: ProviderName;
  count: number;
  /** False when the channel has more than it showed. */
  isWhole: boolean;
}

/** One page of a channel's coupons. An amount counts in the currency of what is bought, and has none of its own. */
export function couponList(page: Page<Coupon, string>, options: CouponListOptions): View {
  const count = `${plural(options.count, 'coupon')}${options.isWhole ? '' : ', and more'}`;
  const turns = turnRow(page, { previous: 'Back', next: 'More' }, (position) => ({ kind: 'coupons', position }));
  return {
    text: fitLines([
      line(`<b>${providerTitle(options.channel)}: ${count}</b>${pageTitle(page)}`, weights.must),
      ...page.rows.map((coupon) => couponLine(coupon, options)),
      line('', weights.history),
      line(`New: <code>${couponUsage}</code>`, weights.detail),
    ]),
    keyboard: turns.length > 0 ? [turns] : [],
  };
}

function couponLine(coupon: Coupon, presentation: Presentation): Line {
  const where = coupon.productKey === null ? 'all products' : code(coupon.productKey, 40);
  const limit = coupon.usageLimit === null ? '' : ` of ${coupon.usageLimit}`;
  const until = coupon.endsAt === null ? '' : ` · until ${formatTime(coupon.endsAt, presentation)}`;
  return line(`${bold(coupon.code, 40)} ${takesOff(coupon)} · ${where} · used ${coupon.usedCount}${limit}${until}`);
}

/** `20% off`, `5.00 off`. */
export function takesOff(coupon: Pick<Coupon, 'percent' | 'amountMinor'>): string {
  if (coupon.percent !== null) return `${show(coupon.percent)}% off`;
  // Two places, whatever the currency turns out to be.
  return `${formatMoney({ amountMinor: coupon.amountMinor ?? 0, currency: 'USD' }).split(' ')[0]} off`;
}

/** The second step: there is no call that takes a coupon back. */
export function couponQuestion(draft: CouponDraft, options: { channel: ProviderName; about: string }): Question {
  const title = providerTitle(options.channel);
  return {
    ask: `Make this coupon at ${title}?`,
    lines: [
      line(`${bold(draft.code, 40)} · ${takesOff(draft)} · ${show(options.about, 120)}`, weights.must),
      line(`It is good at once, and can be taken back on ${title}’s own pages only.`),
    ],
    yes: 'Yes, make it',
    back: { kind: 'coupons', position: null },
  };
}
