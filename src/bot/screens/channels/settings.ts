import type { PendingAction } from '#access/access-store.ts';
import { adminActor } from '#access/admin.ts';
import { type Money, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { changeReviewThreshold, getReviewThresholds } from '#payments/channels/review-threshold.ts';
import { awaitTypedValue, tellAnswered, tellWrong } from '../../kit/awaited-answer.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import type { Answer, Confirmed, OnButton } from '../../kit/screen.ts';
import type { View } from '../../text/view.ts';
import { channelNames } from './channels.ts';
import { holdLimitAwaited, holdLimitQuestion, limitExample, settingsView } from './settings-view.ts';

export async function runSettings(env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, await drawSettings(env));
}

async function drawSettings(env: AdminEnv): Promise<View> {
  const { limits } = await getReviewThresholds(env);
  return settingsView(limits, channelNames(env));
}

export const onSettingsButton: OnButton = async (env, ctx) => {
  await editView(ctx, await drawSettings(env));
  return '';
};

export const onHoldLimitButton: OnButton<'hold_limit'> = async (env, ctx, callback) => {
  const currency = callback.currency === 'new' ? null : callback.currency;
  await awaitTypedValue(
    env,
    { edit: ctx },
    {
      action: 'setting.hold_limit.typed',
      payload: { currency },
      asking: holdLimitAwaited(currency, channelNames(env)),
      back: { kind: 'settings' },
    },
  );
  return 'Write the limit.';
};

/** The amount was written: asks once more, with what it is so far. */
export async function takeHoldLimit(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<Answer> {
  const limit = readLimit(ctx.message.text, waiting.payload['currency']);
  if ('fault' in limit) {
    const { currency } = waiting.payload;
    return tellWrong(
      ctx,
      `${limit.fault}. For example ${limitExample(typeof currency === 'string' ? currency : null)}.`,
    );
  }
  await tellAnswered(env, ctx, waiting);
  const { limits, version } = await getReviewThresholds(env);
  const beforeMinor = limits[limit.currency];
  const view = await askToConfirm(env, {
    adminId: ctx.from.id,
    action: 'setting.hold_limit',
    payload: { ...limit, version },
    question: holdLimitQuestion({ limit, beforeMinor, channels: channelNames(env) }),
  });
  await replyView(ctx, view);
  return 'taken';
}

export const confirmHoldLimit: Confirmed = async (env, ctx, { payload }) => {
  const result = await changeReviewThreshold(env, {
    limit: { amountMinor: Number(payload['amountMinor']), currency: String(payload['currency']) },
    actor: adminActor(ctx.from.id),
    expectedVersion: Number(payload['version']),
  });
  await editView(ctx, await drawSettings(env));
  if (result.kind === 'conflict') return 'Somebody changed it meanwhile: look again.';
  return result.kind === 'changed' ? 'Changed.' : 'It was so already.';
};

function readLimit(text: string, known: unknown): Money | { fault: string } {
  const [amount = '', written = ''] = text.trim().split(/\s+/);
  const currency = written === '' && typeof known === 'string' ? known : written.toUpperCase();
  if (typeof known === 'string' && currency !== known) return { fault: `This limit is in ${known}` };
  try {
    return parseMoney(amount, currency);
  } catch (error) {
    if (!(error instanceof MoneyInvalid)) throw error;
    return { fault: error.message };
  }
}
