import { awaitReason, proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { AdminEnv } from './env.ts';
import { reasonMinutes } from './reason-question.ts';

/** The admin's next message belongs to this action; `typed-values.ts` knows what to do with it. */
export async function awaitTyped(
  env: AdminEnv,
  asked: { adminId: number; action: string; payload: JsonObject },
): Promise<void> {
  const forMs = reasonMinutes * minute;
  const pending = await proposeAction(env, { ...asked, forMs });
  await awaitReason(env, { id: pending.id, adminId: asked.adminId, forMs });
}
