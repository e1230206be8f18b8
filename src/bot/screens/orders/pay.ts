import { adminActor } from '#access/admin.ts';
import { formatMoney, type Money, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { clip } from '#kernel/text.ts';
import { placeOrder } from '#payments/collect/place-order.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { replyText, replyView, showTyping } from '../../kit/replies.ts';
import { noProviderText, providerFailure } from '../../wording/link-refusal.ts';
import { paymentLink } from '../../wording/payment-link.ts';

const usage = 'For example /pay 49.00 USD License for Ann';
/** As long as an item's name may sensibly be on a checkout page. */
const noteUnitsMax = 200;

export async function runPay(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const wish = readWish(words);
  if ('fault' in wish) {
    await replyText(ctx, wish.fault);
    return;
  }
  const { money, note } = wish;
  await showTyping(ctx);
  const result = await placeOrder(env, {
    // The same message of the admin, brought twice by Telegram, makes one order.
    idempotencyKey: `telegram:${ctx.me.id}:${ctx.update.update_id}`,
    bodyHash: words,
    origin: 'admin',
    actor: adminActor(ctx.from.id),
    items: [{ sku: null, name: note ?? 'Payment', quantity: 1, unitAmountMinor: money.amountMinor }],
    currency: money.currency,
    customerEmail: null,
    customerName: null,
    provider: 'auto',
    redirectUrl: null,
    metadata: {},
    reference: null,
    note,
  });
  switch (result.kind) {
    case 'placed':
      await replyView(ctx, paymentLink(result.order, { ...env.presentation(), buttons: 'full' }));
      return;
    case 'no_provider':
      return replyText(ctx, noProviderText(result));
    case 'provider_failed':
      return replyText(ctx, `${result.order.number} for ${formatMoney(money)}: ${providerFailure(result)}`);
    case 'in_progress':
    case 'key_reused':
      return replyText(ctx, 'This order is being made already.');
    default:
      return result satisfies never;
  }
}

function readWish(words: string): { money: Money; note: string | null } | { fault: string } {
  const [amount = '', currency = '', ...rest] = words.split(/\s+/);
  if (amount === '' || currency === '') return { fault: usage };
  const note = clip(rest.join(' '), noteUnitsMax);
  try {
    const money = parseMoney(amount, currency.toUpperCase());
    if (money.amountMinor <= 0) return { fault: 'The amount must be more than nothing.' };
    return { money, note: note === '' ? null : note };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { fault: `${error.message}. ${usage}` };
  }
}
