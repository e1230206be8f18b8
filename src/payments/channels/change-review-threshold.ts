import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { formatMoney, type Money } from '#kernel/money.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import { readReviewThresholds, reviewThresholdKey } from './review-threshold.ts';

export type ReviewThresholdChanged = { kind: 'changed' } | { kind: 'unchanged' } | { kind: 'conflict' };

/** From now on sales above this amount are held; those that are held already wait on. */
export function changeReviewThreshold(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids'>,
  input: { limit: Money; actor: Actor /** The version of the setting that was looked at. */; expectedVersion: number },
): Promise<ReviewThresholdChanged> {
  const { limit, actor, expectedVersion } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ReviewThresholdChanged> => {
    const { limits, version } = await readReviewThresholds(tx.stores);
    if (version !== expectedVersion) return { kind: 'conflict' };
    const before = limits[limit.currency];
    if (before === limit.amountMinor) return { kind: 'unchanged' };
    const value = { ...limits, [limit.currency]: limit.amountMinor };
    const updatedAt = deps.clock.now();
    const isChanged = await tx.stores.settings.changeSetting({
      key: reviewThresholdKey,
      value,
      expectedVersion,
      updatedAt,
    });
    if (!isChanged) return { kind: 'conflict' };
    await recordAudit(tx, {
      actor,
      action: 'setting.change',
      subject: `setting:${reviewThresholdKey}`,
      details: {
        from: before === undefined ? null : formatMoney({ ...limit, amountMinor: before }),
        to: formatMoney(limit),
        version: version + 1,
      },
    });
    return { kind: 'changed' };
  });
}
