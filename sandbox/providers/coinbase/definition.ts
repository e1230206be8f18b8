import { anyGood, everyFailure, pausesMs, times } from '../retry.ts';
import type { Simulator } from '../simulator.ts';
import { type CoinbaseAccount, makeCoinbaseAccount } from './account.ts';
import { failureBody } from './errors.ts';
import { hook0Signature } from './hook0.ts';
import { createCoinbase } from './provider.ts';

export const coinbase: Simulator<CoinbaseAccount> = {
  name: 'coinbase',
  maker: 'Coinbase Business',
  accent: '#3257e0',
  apiPath: '/coinbase/api/v1',
  address: { setting: 'COINBASE_API_URL', path: '/coinbase/api/v1' },
  pagePaths: ['/payment-links/:id'],
  makeAccount: makeCoinbaseAccount,
  create(host, { account, refundDelayMs }) {
    const { keyId, publicKey, webhookSecret, honoursRefundKeys = true } = account;
    return createCoinbase(host, { keyId, key: publicKey, webhookSecret, refundDelayMs, honoursRefundKeys });
  },
  failureBody,
  retry: { isAccepted: anyGood, isWorthRetrying: everyFailure, isOneQueue: false },
  // Coinbase does not say. It delivers through Hook0, whose documentation has these as its defaults: 24 retries in 8 days.
  realRetryDelaysMs: pausesMs({ seconds: [3, 10], minutes: [3, 30], hours: [1, 3, 5, ...times(17, 10)] }),
  webhookTarget: 'account',
  signing: {
    header: 'x-hook0-signature',
    secretSetting: 'COINBASE_WEBHOOK_SECRET',
    covers: 'bytes',
    sign: ({ nowMs, ...rest }) => hook0Signature({ ...rest, time: Math.floor(nowMs / 1_000) }),
  },
  collectsForUs: true,
  visits: [
    'pay',
    'pay_unconfirmed',
    'confirm',
    'fail',
    'expire',
    'complete_refund',
    'fail_refund',
    'refund_part',
    'refund_full',
    'walk_away',
  ],
  returnsOddPayments: false,
};
