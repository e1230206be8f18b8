import { anyGood, everyFailure } from '../retry.ts';
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
  // In reality Hook0 comes again after 3 s, 10 s, 3 min, 30 min, 1 h, 3 h, 5 h, then every 10 h.
  retry: { isAccepted: anyGood, isWorthRetrying: everyFailure, isOneQueue: false },
  webhookTarget: 'account',
  signing: {
    header: 'x-hook0-signature',
    secretSetting: 'COINBASE_WEBHOOK_SECRET',
    covers: 'bytes',
    sign: ({ nowMs, ...rest }) => hook0Signature({ ...rest, time: Math.floor(nowMs / 1_000) }),
  },
  collectsForUs: true,
  visits: ['pay', 'pay_unconfirmed', 'confirm', 'fail', 'expire', 'complete_refund', 'fail_refund', 'walk_away'],
  returnsOddPayments: false,
};
