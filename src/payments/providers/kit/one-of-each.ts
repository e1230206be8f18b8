import type { ProviderRefund, RefundQuery } from '../../ports/refund-provider.ts';

/**
 * Lets at most one refund carry each id of ours. A command that was carried out twice has left a second one, which stands
 * as somebody else's: it is money that went out, and has to count. Ours is the one that we know, or else one that did not
 * come to nothing, or else the oldest.
 */
export function oneOfEach(refunds: readonly ProviderRefund[], { ours }: Pick<RefundQuery, 'ours'>): ProviderRefund[] {
  const rank = (refund: ProviderRefund): number => {
    const isKnown = ours.some(
      ({ refundId, reference }) => refundId === refund.refundId && reference === refund.reference,
    );
    const cameToNothing = refund.state === 'failed' || refund.state === 'cancelled';
    return (isKnown ? 2 : 0) + (cameToNothing ? 0 : 1);
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
