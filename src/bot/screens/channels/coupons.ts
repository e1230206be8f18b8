import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { channelKeyPattern } from '#catalog/product.ts';
import { minute } from '#kernel/clock.ts';
import { MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { couponFault, createCoupon } from '#payments/channels/create-coupon.ts';
import { ProviderError } from '#payments/ports/provider-errors.ts';
import type { CouponDraft } from '#payments/ports/sales-channel.ts';
import type { AdminEnv, BotCommand, CallbackContext, Confirmed, TextContext } from '../../kit/env.ts';
import { confirmMinutes } from '../../kit/questions.ts';
import { answerCallback, editView, replyView, showTyping } from '../../kit/replies.ts';
import type { CallbackOf } from '../../text/callback-data.ts';
import { show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { channelNames, listChannels } from './channels.ts';
import { couponList, couponQuestion, couponUsage } from './coupons-view.ts';

const isOff = 'No sales channel is set up: there are no coupons.';

export const couponCommands: readonly BotCommand[] = [
  { command: 'coupons', usage: '[new CODE 20% PRODUCT]', description: 'coupons of the sales channel', run: runCoupons },
];

async function runCoupons(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const [verb = '', ...rest] = words.split(/\s+/);
  if (verb === '') {
    // A page a second: the list may take a while.
    await showTyping(ctx);
    await replyView(ctx, await drawCoupons(env, 0));
    return;
  }
  const view = verb.toLowerCase() === 'new' ? await ask(env, ctx, rest) : say(`For example ${couponUsage}`);
  await replyView(ctx, view);
}

export async function tapCoupons(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'coupons'>): Promise<void> {
  await editView(ctx, await drawCoupons(env, callback.page));
  await answerCallback(ctx);
}

async function drawCoupons(env: AdminEnv, page: number): Promise<View> {
  const [channel] = listChannels(env);
  if (channel === undefined) return say(isOff);
  try {
    return couponList({ channel: channel.name, ...(await channel.sales.listCoupons()), page }, env.presentation());
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return say(`${providerTitle(channel.name)} did not show its coupons: ${error.message}`);
  }
}

async function ask(env: AdminEnv, ctx: TextContext, words: readonly string[]): Promise<View> {
  const [channel] = channelNames(env);
  if (channel === undefined) return say(isOff);
  const [code = '', off = '', ...rest] = words;
  const about = await findProduct(env, { channel, word: rest.join(' ') });
  if ('fault' in about) return say(about.fault);
  const terms = readTerms(off);
  if ('fault' in terms) return say(`${terms.fault}. For example ${couponUsage}`);
  const draft: CouponDraft = { code, ...terms, productKey: about.productKey };
  const fault = couponFault(draft);
  if (fault !== undefined) return say(`${fault} For example ${couponUsage}`);
  const pending = await proposeAction(env, {
    adminId: ctx.from.id,
    action: 'coupon.create',
    payload: { ...draft },
    forMs: confirmMinutes * minute,
  });
  return couponQuestion(draft, { channel, about: about.name, pendingId: pending.id });
}

/** By our sku, or by the channel's key; nothing is all products. */
async function findProduct(
  env: AdminEnv,
  { channel, word }: { channel: ProviderName; word: string },
): Promise<{ productKey: string | null; name: string } | { fault: string }> {
  if (word === '') return { productKey: null, name: 'all products' };
  const product = await env.database.read((stores) => stores.products.findProductBySku(word));
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
      await editView(ctx, await drawCoupons(env, 0));
      return `${result.coupon.code} is good now.`;
    case 'was_there':
      await editView(ctx, await drawCoupons(env, 0));
      return `${result.coupon.code} was there already; nothing was made.`;
    case 'refused':
      return result.reason;
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

function say(text: string): View {
  return { text: show(text, 500), keyboard: [] };
}
