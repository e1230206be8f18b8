// A message that an action waits for and that is no reason: a value that was asked for.
import type { PendingAction } from '#access/access-store.ts';
import type { AdminEnv, TextContext } from '../kit/env.ts';
import { takeLicenceSecret } from '../screens/channels/product-secret.ts';
import { takeHoldLimit } from '../screens/channels/settings.ts';

type TakeTyped = (env: AdminEnv, ctx: TextContext, waiting: PendingAction) => Promise<void>;

const takers: Readonly<Record<string, TakeTyped>> = {
  'setting.hold_limit.typed': takeHoldLimit,
  'product.licence_secret.typed': takeLicenceSecret,
};

/** Hands the message to the action that waited for it; false when it waits for no value. */
export async function takeTyped(env: AdminEnv, ctx: TextContext, waiting: PendingAction): Promise<boolean> {
  const take = takers[waiting.action];
  if (take === undefined) return false;
  await take(env, ctx, waiting);
  return true;
}
