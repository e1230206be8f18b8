import { createHash } from 'node:crypto';
import { adminActor } from '#access/admin.ts';
import { channelKeyPattern } from '#catalog/product.ts';
import { findProduct } from '#catalog/read-products.ts';
import { MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { pageOfList } from '#kernel/page.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { couponFault, createCoupon } from '#payments/channels/create-coupon.ts';
import { failureWords } from '#payments/ports/failure-words.ts';
import { ProviderError } from '#payments/ports/provider-errors.ts';
import type { Coupon, CouponDraft } from '#payments/ports/sales-channel.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView, showTyping } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import { textView, type View } from '../../text/view.ts';
import { channelNames, listChannels } from './channels.ts';
import { couponList, couponQuestion, couponsPerPage, couponUsage } from './coupons-view.ts';
import { couponFaultWords } from './fault-words.ts';

const isOff = 'No sales channel is set up: there are no coupons.';

export async function runCoupons(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const [verb = '', ...rest] = words.split(/\s+/);
  if (verb === '') {
    // A page a second: the list may take a while.
    await showTyping(ctx);
    await replyView(ctx, await drawCoupons(env, null));
    return;
  }
  const view = verb.toLowerCase() === 'new' ? await ask(env, ctx, rest) : textView(`For example ${couponUsage}`);
  await replyView(ctx, view);
}

export const onCouponsButton: OnButton<'coupons'> = async (env, ctx, callback) => {
  await editView(ctx, await drawCoupons(env, callback.position));
  return '';
};

async function drawCoupons(env: AdminEnv, position: CallbackOf<'coupons'>['position']): Promise<View> {
  const [channel] = listChannels(env);
  if (channel === undefined) return textView(isOff);
  try {
    const { coupons, isWhole } = await channel.sales.listCoupons();
    const page = await pageOfList(coupons, { position, size: couponsPerPage, keyOf: keyOfCoupon });
    const count = coupons.length;
    return couponList(page, { ...env.presentation(), channel: channel.name, count, isWhole });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return textView(`${providerTitle(channel.name)} did not show its coupons: ${failureWords(error)}`);
  }
}

async function ask(env: AdminEnv, ctx: TextContext, words: readonly string[]): Promise<View> {
  const [channel] = channelNames(env);
  if (channel === undefined) return textView(isOff);
  const [code = '', off = '', ...rest] = words;
  const about = await findDiscounted(env, { channel, word: rest.join(' ') });
  if ('fault' in about) return textView(about.fault);
  const terms = readTerms(off);
  if ('fault' in terms) return textView(`${terms.fault}. For example ${couponUsage}`);
  const draft: CouponDraft = { code, ...terms, productKey: about.productKey };
  const fault = couponFault(draft);
  if (fault !== undefined) return textView(`${couponFaultWords[fault]} For example ${couponUsage}`);
  return askToConfirm(env, {
    adminId: ctx.from.id,
    action: 'coupon.create',
    payload: { ...draft },
    question: couponQuestion(draft, { channel, about: about.name }),
  });
}

/** By our sku, or by the channel's key; nothing is all products. */
async function findDiscounted(
  env: AdminEnv,
  { channel, word }: { channel: ProviderName; word: string },
): Promise<{ productKey: string | null; name: string } | { fault: string }> {
  if (word === '') return { productKey: null, name: 'all products' };
  const product = await findProduct(env, { sku: word });
  if (product !== undefined && product.channel !== channel) {
    return { fault: `${product.sku} has no key at ${providerTitle(channel)}: /products ${product.sku}` };
  }
  if (product !== undefined) return { productKey: product.channelKey, name: `${product.name} (${product.channelKey})` };
  if (channelKeyPattern.test(word)) return { productKey: word, name: `the product ${word}` };
  return { fault: `${word} is no product.` };
}

function readTerms(text: string): Pick<CouponDraft, 'percent' | 'amountMinor'> | { fault: string } {
  const percent = /^(\d{1,3})%$/.exec(text)?.[1];
  if (percent !== undefined) return { percent, amountMinor: null };
  try {
    // Integer cents, whatever the currency of what is bought.
    return { percent: null, amountMinor: parseMoney(text, 'USD').amountMinor };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { fault: `“${text}” is neither a share nor an amount` };
  }
}

export const confirmCoupon: Confirmed = async (env, ctx, { payload }) => {
  const [channel] = listChannels(env);
  if (channel === undefined) return isOff;
  const text = (name: string): string | null => (payload[name] === null ? null : String(payload[name]));
  const amount = payload['amountMinor'];
  const result = await createCoupon(env, {
    provider: channel.name,
    draft: {
      code: String(payload['code']),
      percent: text('percent'),
      amountMinor: typeof amount === 'number' ? amount : null,
      productKey: text('productKey'),
    },
    actor: adminActor(ctx.from.id),
  });
  switch (result.kind) {
    case 'created':
      await editView(ctx, await drawCoupons(env, null));
      return `${result.coupon.code} is good now.`;
    case 'was_there':
      await editView(ctx, await drawCoupons(env, null));
      return `${result.coupon.code} was there already; nothing was made.`;
    case 'refused':
      return couponFaultWords[result.fault];
    case 'failed':
      return result.isRejected
        ? `${providerTitle(channel.name)} said no: ${result.message}`
        : `It is not known whether the coupon was made: ${result.message}. Presentation at /coupons.`;
    case 'provider_off':
      return isOff;
    default:
      return result satisfies never;
  }
};

/** A code of the channel's own may be longer than a button can hold. */
function keyOfCoupon({ code }: Coupon): string {
  return createHash('sha256').update(code).digest('base64url').slice(0, 12);
}
