import { everyFailure, pausesMs } from '../retry.ts';
import type { Simulator } from '../simulator.ts';
import { type BitPayAccount, makeBitPayAccount } from './account.ts';
import { failureBody } from './errors.ts';
import { createBitPay } from './provider.ts';
import { webhookSignature } from './signatures.ts';

const minuteMs = 60_000;

export const bitpay: Simulator<BitPayAccount> = {
  name: 'bitpay',
  maker: 'BitPay',
  accent: '#0e6f74',
  apiPath: '/bitpay',
  address: { setting: 'BITPAY_API_URL', path: '/bitpay' },
  pagePaths: ['/invoice'],
  makeAccount: makeBitPayAccount,
  create(host, { account, refundDelayMs }) {
    const { posToken, merchantToken, clientPublicKeyHex, ...rest } = account;
    return createBitPay(host, {
      posToken,
      merchantToken,
      clientPublicKeyHex,
      lifeMs: rest.lifeMs ?? 15 * minuteMs,
      completeAfterMs: rest.completeAfterMs ?? minuteMs,
      cancelledStatus: rest.cancelledStatus ?? 'expired',
      signsWebhooks: rest.signsWebhooks ?? true,
      errorsWithStatus200: rest.errorsWithStatus200 ?? false,
      ledgerBalance: rest.ledgerBalance ?? '10000.00',
      refundDelayMs,
    });
  },
  failureBody,
  // Anything but 200 counts as failed.
  retry: { isAccepted: (status) => status === 200, isWorthRetrying: everyFailure, isOneQueue: false },
  // BitPay's page on webhooks does not say how often it comes again: these are a guess, and it may be less.
  realRetryDelaysMs: pausesMs({ minutes: [1, 5, 15], hours: [1, 6] }),
  webhookTarget: 'payment',
  signing: {
    header: 'x-signature',
    secretSetting: 'BITPAY_POS_TOKEN',
    covers: 'bytes',
    sign: ({ secret, body }) => webhookSignature(secret, body),
  },
  collectsForUs: true,
  visits: [
    'pay',
    'pay_unconfirmed',
    'confirm',
    'complete',
    'underpay',
    'overpay',
    'expire',
    'invalidate',
    'decline',
    'complete_refund',
    'fail_refund',
    'refund_part',
    'refund_full',
    'walk_away',
  ],
  returnsOddPayments: true,
};
