import { adminActor } from '#access/admin.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { formatMoney, type Money, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { formatOrderNumber, parseOrderNumber } from '#orders/order.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import { type RefundablePayment, refundablePayments, refundRefusals } from '#payments/refunds/refund-order.ts';
import { type RefundRequested, requestRefund } from '#payments/refunds/request-refund.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { contextOf, showView, tellInstead } from '../../kit/navigate.ts';
import { refundSubject } from '../../kit/order-messages.ts';
import { askForReason } from '../../kit/reason-dialogue.ts';
import { editView, replyText, replyView } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import { show } from '../../text/html.ts';
import type { Button, View } from '../../text/view.ts';
import { refundRefusalText } from '../../wording/refund-refusal.ts';
import { orderGone } from '../../wording/result-texts.ts';
import { refundChoice, refundQuestion } from './refunds-view.ts';

const usage = 'For example /refund T-1042, or /refund T-1042 10.00 for a part';

export async function runRefund(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const [numberText = '', amountText = ''] = words.split(/\s+/);
  const number = parseOrderNumber(numberText);
  const details = number === undefined ? undefined : await getOrderDetails(env, { number });
  if (details === undefined) {
    await replyText(ctx, number === undefined ? usage : `There is no order ${numberText}.`);
    return;
  }
  const amount = readAmount(amountText, details.order.currency);
  if (typeof amount === 'object' && 'fault' in amount) await replyText(ctx, `${amount.fault}. ${usage}`);
  else await replyView(ctx, await ask(env, { adminId: ctx.from.id, details, amount }));
}

/** The question about all that may still go back of an order. */
export async function openRefund(env: AdminEnv, at: At, { orderId }: DestinationOf<'refund'>): Promise<string> {
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return tellInstead(at, orderGone);
  await showView(at, await ask(env, { adminId: contextOf(at).from.id, details, amount: 'all' }));
  return '';
}

/** Which of several payments it is about was asked, and told. */
export const onRefundButton: OnButton<'refund'> = async (env, ctx, callback) => {
  const paymentId = asPaymentId(callback.paymentId);
  const details = await getOrderDetails(env, { paymentId });
  const chosen = details && refundablePayments(env.providers, details).find(({ payment }) => payment.id === paymentId);
  if (details === undefined || chosen === undefined) {
    return 'Nothing of this payment can be refunded any more.';
  }
  await editView(ctx, await askAbout(env, { adminId: ctx.from.id, details, chosen, amount: 'all' }));
  return '';
};

async function ask(
  env: AdminEnv,
  input: { adminId: number; details: OrderDetails; amount: Money | 'all' },
): Promise<View> {
  const { details, amount } = input;
  const candidates = refundablePayments(env.providers, details);
  const [only, ...more] = candidates;
  if (only === undefined) return { text: show(whyNot(env, details), 500), keyboard: [[wayBack(details)]] };
  if (more.length > 0 && amount === 'all') return refundChoice(details.order, candidates);
  const chosen = candidates.find((one) => amount === 'all' || one.refundableMinor >= amount.amountMinor);
  if (chosen === undefined) {
    const most = formatMoney({ ...only.payment, amountMinor: only.refundableMinor });
    return { text: show(`At most ${most} can be refunded; the rest is refunded or pending.`, 300), keyboard: [] };
  }
  return askAbout(env, { ...input, chosen });
}

function askAbout(
  env: AdminEnv,
  input: { adminId: number; details: OrderDetails; chosen: RefundablePayment; amount: Money | 'all' },
): Promise<View> {
  const { adminId, details, chosen, amount } = input;
  const { payment } = chosen;
  const money = amount === 'all' ? { ...payment, amountMinor: chosen.refundableMinor } : amount;
  const way = env.providers.find(payment.provider)?.refunds?.way ?? 'sent';
  return askForReason(env, {
    adminId,
    action: 'refund.request',
    payload: {
      paymentId: payment.id,
      amountMinor: money.amountMinor,
      currency: payment.currency,
      subject: refundSubject(details.order.id),
    },
    question: refundQuestion(details.order, { money, payment, way, sums: chosen }),
    back: { kind: 'order', act: 'show', id: details.order.id },
  });
}

/** Carries the refund out on the second tap. A callback that Telegram brings twice finds the refund of the first. */
export const confirmRefund: Confirmed = async (env, ctx, { payload, reason, pendingId }) => {
  const result = await requestRefund(env, {
    paymentId: asPaymentId(String(payload['paymentId'])),
    amount: { amountMinor: Number(payload['amountMinor']), currency: String(payload['currency']) },
    reason: reason ?? '',
    actor: adminActor(ctx.from.id),
    request: { key: `telegram:${pendingId}`, hash: pendingId },
  });
  if ('refund' in result) {
    await env.navigate({ edit: ctx }, { screen: 'order', order: { id: result.refund.orderId } });
  }
  return resultText(result);
};

function resultText(result: RefundRequested): string {
  switch (result.kind) {
    case 'requested':
      return `Refund of ${formatMoney(result.refund)} asked for.`;
    case 'awaiting_approval':
      return 'A second person has to approve it.';
    case 'key_reused':
      return 'It was asked for already.';
    case 'refused':
      return refundRefusalText(result);
    default:
      return result satisfies never;
  }
}

function whyNot(env: AdminEnv, details: OrderDetails): string {
  const number = formatOrderNumber(details.order.number);
  const reasons = refundRefusals(env.providers, details).map(refundRefusalText);
  if (reasons.length > 0) return `${number}: ${reasons.join(' ')}`;
  if (details.refunds.length > 0) return `${number}: everything received is refunded, or a refund is pending.`;
  return `${number}: no money is there that could go back.`;
}

function wayBack({ order }: OrderDetails): Button {
  return { text: `‹ ${formatOrderNumber(order.number)}`, callback: { kind: 'order', act: 'show', id: order.id } };
}

function readAmount(text: string, currency: string): Money | 'all' | { fault: string } {
  if (text === '') return 'all';
  try {
    const money = parseMoney(text, currency);
    return money.amountMinor > 0 ? money : { fault: 'The amount must be more than nothing' };
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { fault: error.message };
  }
}
