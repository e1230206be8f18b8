import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { formatMoney, type Money } from '#kernel/money.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import { holdLimitKey, readHoldLimits } from './review-threshold.ts';

export type HoldLimitChanged = { kind: 'changed' } | { kind: 'unchanged' } | { kind: 'conflict' };

/** From now on sales above this amount are held; those that are held already wait on. */
export function changeHoldLimit(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids'>,
  input: { limit: Money; actor: Actor /** The version of the setting that was looked at. */; expectedVersion: number },
): Promise<HoldLimitChanged> {
  const { limit, actor, expectedVersion } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<HoldLimitChanged> => {
    const { limits, version } = await readHoldLimits(tx.stores);
    if (version !== expectedVersion) return { kind: 'conflict' };
    const before = limits[limit.currency];
    if (before === limit.amountMinor) return { kind: 'unchanged' };
    const value = { ...limits, [limit.currency]: limit.amountMinor };
    const updatedAt = deps.clock.now();
    const isChanged = await tx.stores.settings.changeSetting({ key: holdLimitKey, value, expectedVersion, updatedAt });
    if (!isChanged) return { kind: 'conflict' };
    await recordAudit(tx, {
      actor,
      action: 'setting.change',
      subject: `setting:${holdLimitKey}`,
      details: {
        from: before === undefined ? null : formatMoney({ ...limit, amountMinor: before }),
        to: formatMoney(limit),
        version: version + 1,
      },
    });
    return { kind: 'changed' };
  });
}
