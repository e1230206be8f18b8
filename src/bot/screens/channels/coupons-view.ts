import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { Coupon, CouponDraft } from '#payments/ports/sales-channel.ts';
import { confirmMinutes } from '../../kit/questions.ts';
import { pageMax } from '../../text/callback-fields.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import type { Button, Presentation, View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';

const perPage = 10;
export const couponUsage = '/coupons new CODE 20% [PRODUCT], or 5.00 instead of 20%';

interface CouponPage {
  channel: ProviderName;
  coupons: readonly Coupon[];
  isWhole: boolean;
  page: number;
}

/** One page of a channel's coupons. An amount counts in the currency of what is bought, and has none of its own. */
export function couponList(list: CouponPage, presentation: Presentation): View {
  const { coupons, isWhole } = list;
  const pages = Math.max(Math.ceil(coupons.length / perPage), 1);
  const page = Math.min(list.page, pages - 1);
  const count = `${plural(coupons.length, 'coupon')}${isWhole ? '' : ', and more'}`;
  const where = pages > 1 ? ` · page ${page + 1} of ${pages}` : '';
  const lines = [line(`<b>${providerTitle(list.channel)}: ${count}</b>${where}`, weights.must)];
  const shown = coupons.slice(page * perPage, (page + 1) * perPage);
  lines.push(...shown.map((coupon) => couponLine(coupon, presentation)));
  lines.push(line('', weights.history), line(`New: <code>${couponUsage}</code>`, weights.detail));
  const row: Button[] = [];
  if (page > 0) row.push({ text: '‹ Back', callback: { kind: 'coupons', page: page - 1 } });
  if (page + 1 < Math.min(pages, pageMax + 1))
    row.push({ text: 'More ›', callback: { kind: 'coupons', page: page + 1 } });
  return { text: fitLines(lines), keyboard: row.length > 0 ? [row] : [] };
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
export function couponQuestion(
  draft: CouponDraft,
  options: { channel: ProviderName; about: string; pendingId: string },
): View {
  const title = providerTitle(options.channel);
  return {
    text: fitLines([
      line(`❓ <b>Make this coupon at ${title}?</b>`, weights.must),
      line(`${bold(draft.code, 40)} · ${takesOff(draft)} · ${show(options.about, 120)}`, weights.must),
      line(`It is good at once, and can be taken back on ${title}’s own pages only.`),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: 'Yes, make it', callback: { kind: 'confirm', pendingId: options.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: { kind: 'coupons', page: 0 } }],
    ],
  };
}
