import type { ProviderRefund, RefundQuery } from '../../ports/refund-provider.ts';

/**
 * Leaves each refund id of ours to one refund. A command that was carried out twice has made a duplicate, which stands as
 * somebody else's: its money went out, and has to count. Ours is the refund whose reference we know, or else one that did
 * not fail, or else the oldest.
 */
export function disownDuplicates(
  refunds: readonly ProviderRefund[],
  { ours }: Pick<RefundQuery, 'ours'>,
): ProviderRefund[] {
  const rank = (refund: ProviderRefund): number => {
    const isKnown = ours.some(
      ({ refundId, reference }) => refundId === refund.refundId && reference === refund.reference,
    );
    const hasFailed = refund.state === 'failed' || refund.state === 'cancelled';
    return (isKnown ? 2 : 0) + (hasFailed ? 0 : 1);
  };
  const age = ({ createdAt }: ProviderRefund): number => createdAt ?? Number.POSITIVE_INFINITY;
  const taken = new Set<string>();
  return [...refunds]
    .sort((left, right) => rank(right) - rank(left) || age(left) - age(right))
    .map((refund) => {
      if (refund.refundId === null) return refund;
      const isFirst = !taken.has(refund.refundId);
      taken.add(refund.refundId);
      return isFirst ? refund : { ...refund, refundId: null };
    });
}
