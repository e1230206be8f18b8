import type { CheckoutView } from '../contract.ts';
import { formatUnits } from '../decimal.ts';
import { offered, walkAway } from '../visits.ts';
import { type PullPayment, remainingUnits, statusOf, viewLink } from './pull-payment.ts';
import type { BtcPayStore } from './store.ts';

// The page behind `viewLink`: where the buyer claims a refund. What the shop does about the claim stands there too, since
// the sandbox has no pages for the shop's side.

const texts: ReadonlyMap<string, readonly [CheckoutView['tone'], string]> = new Map([
  ['Unclaimed', ['waiting', 'Your refund waits to be claimed']],
  ['AwaitingApproval', ['busy', 'Claimed: the shop has to approve it']],
  ['AwaitingPayment', ['busy', 'Approved, about to be paid']],
  ['Completed', ['good', 'Paid out']],
  ['Archived', ['bad', 'This refund can no longer be claimed']],
]);

export function claimView(store: BtcPayStore, pull: PullPayment, origin: string): CheckoutView {
  const status = statusOf(pull);
  const [tone, statusText] = texts.get(status) ?? ['busy', status];
  const rest = remainingUnits(pull);
  return {
    provider: 'btcpay',
    reference: pull.id,
    title: pull.name,
    amount: formatUnits(pull.units, pull.places),
    currency: pull.currency,
    status,
    statusText,
    tone,
    actions: offered({ ...store.pulls.visits(pull), walk_away: walkAway }),
    facts: [
      ...(pull.description ? [['Reason', pull.description] as const] : []),
      ['Left to claim', `${formatUnits(rest, pull.places)} ${pull.currency}`],
      ...pull.payouts.map((payout) => [`Payout, ${payout.state}`, payout.destination] as const),
    ],
    expiresAtMs: pull.createdAtMs,
    isOpen: false,
    returnUrl: undefined,
    pageUrl: viewLink(pull, origin),
  };
}
