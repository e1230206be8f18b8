import type { Context, Hono } from 'hono';
import { isDecimal, toUnits } from '../decimal.ts';
import { invalidField } from './errors.ts';
import { type Payout, type PullPayment, payoutData, payoutMethod, pullPaymentData } from './pull-payment.ts';
import type { BtcPayPullPayments } from './pull-payments.ts';

// BTCPay: Pull payments, Payouts. What a buyer may do with a link is public; the rest lies below the store.

export interface PullPaymentRoutes {
  readonly pulls: BtcPayPullPayments;
  readonly origin: () => string;
  readonly allow: (context: Context, permission: string) => void;
  readonly jsonFields: (context: Context) => Promise<Record<string, unknown>>;
}

export const pullPaymentPermissions = {
  viewPullPayments: 'btcpay.store.canviewpullpayments',
  archivePullPayments: 'btcpay.store.canarchivepullpayments',
  viewPayouts: 'btcpay.store.canviewpayouts',
  managePayouts: 'btcpay.store.canmanagepayouts',
} as const;

/** To be added before the check of the API key. */
export function addClaimRoutes(api: Hono, { pulls, origin, jsonFields }: Omit<PullPaymentRoutes, 'allow'>): void {
  api.get('/pull-payments/:id', (context) =>
    context.json(pullPaymentData(pulls.get(context.req.param('id')), origin())),
  );
  api.get('/pull-payments/:id/payouts', (context) => {
    const pull = pulls.get(context.req.param('id'));
    return context.json(shownPayouts(context, pull).map((payout) => payoutData(pull, payout)));
  });
  api.post('/pull-payments/:id/payouts', async (context) => {
    const pull = pulls.get(context.req.param('id'));
    const { destination, amount, payoutMethodId } = await jsonFields(context);
    if (payoutMethodId !== payoutMethod) throw invalidField('payoutMethodId', 'Invalid payment method');
    if (typeof destination !== 'string' || destination === '') {
      throw invalidField('destination', 'The destination is invalid for the payment specified');
    }
    return context.json(payoutData(pull, pulls.claim(pull, { destination, units: parseUnits(amount, pull) })));
  });
}

export function addPullPaymentRoutes(api: Hono, { pulls, origin, allow, jsonFields }: PullPaymentRoutes): void {
  const store = '/stores/:storeId';
  // There are no pages: `skip` and `take` are overlooked, as every parameter that the server does not know.
  api.get(`${store}/pull-payments`, (context) => {
    allow(context, pullPaymentPermissions.viewPullPayments);
    const isWithArchived = context.req.query('includeArchived') === 'true';
    const shown = pulls.all().filter(({ isArchived }) => isWithArchived || !isArchived);
    return context.json(shown.map((pull) => pullPaymentData(pull, origin())));
  });
  api.get(`${store}/pull-payments/:id`, (context) => {
    allow(context, pullPaymentPermissions.viewPullPayments);
    return context.json(pullPaymentData(pulls.get(context.req.param('id')), origin()));
  });
  api.delete(`${store}/pull-payments/:id`, (context) => {
    allow(context, pullPaymentPermissions.archivePullPayments);
    pulls.archive(pulls.get(context.req.param('id')));
    return context.body(null, 200);
  });
  api.get(`${store}/payouts`, (context) => {
    allow(context, pullPaymentPermissions.viewPayouts);
    const shown = pulls.all().flatMap((pull) => shownPayouts(context, pull).map((payout) => payoutData(pull, payout)));
    return context.json(shown);
  });
  api.post(`${store}/payouts/:id`, async (context) => {
    allow(context, pullPaymentPermissions.managePayouts);
    const { revision } = await jsonFields(context);
    if (revision !== 0) throw invalidField('revision', 'The `revision` property is required');
    const { pull, payout } = pulls.approve(context.req.param('id'));
    return context.json(payoutData(pull, payout));
  });
  api.delete(`${store}/payouts/:id`, (context) => {
    allow(context, pullPaymentPermissions.managePayouts);
    pulls.cancelPayout(context.req.param('id'));
    return context.body(null, 200);
  });
  api.post(`${store}/payouts/:id/mark-paid`, (context) => {
    allow(context, pullPaymentPermissions.managePayouts);
    pulls.markPaid(context.req.param('id'));
    return context.body(null, 200);
  });
}

function shownPayouts(context: Context, { payouts }: PullPayment): Payout[] {
  const isWithCancelled = context.req.query('includeCancelled') === 'true';
  return payouts.filter(({ state }) => isWithCancelled || state !== 'Cancelled');
}

function parseUnits(amount: unknown, { places }: PullPayment): bigint | undefined {
  if (amount === undefined || amount === null) return undefined;
  if (typeof amount !== 'string' || !isDecimal(amount)) throw invalidField('amount', 'Should be a decimal string');
  return toUnits(amount, places);
}
