import { anyGood, pausesMs, times } from '../retry.ts';
import type { Simulator } from '../simulator.ts';
import { type BtcPayAccount, makeBtcPayAccount } from './account.ts';
import { permissions } from './api.ts';
import { failureBody } from './errors.ts';
import { createBtcPay } from './provider.ts';
import { btcPaySignature } from './webhook.ts';

export const btcpay: Simulator<BtcPayAccount> = {
  name: 'btcpay',
  maker: 'BTCPay Server',
  accent: '#47861f',
  apiPath: '/btcpay/api/v1',
  address: { setting: 'BTCPAY_URL', path: '/btcpay' },
  pagePaths: ['/i/:id', '/pull-payments/:id'],
  makeAccount: makeBtcPayAccount,
  create(host, { account: { apiKey, storeId, webhookSecret, permissions: held } }) {
    const webhook = { webhookSecret, webhookId: host.ids.base58(22) };
    return createBtcPay(host, { apiKey, storeId, ...webhook, permissions: held ?? Object.values(permissions) });
  },
  failureBody,
  retry: { isAccepted: anyGood, isWorthRetrying: isTemporary, isOneQueue: true },
  // Source of BTCPay Server 2.4.1, which documents no schedule: about an hour, and forgotten when the server restarts.
  realRetryDelaysMs: pausesMs({ seconds: [10], minutes: [1, ...times(6, 10)] }),
  webhookTarget: 'account',
  signing: {
    header: 'btcpay-sig',
    secretSetting: 'BTCPAY_WEBHOOK_SECRET',
    covers: 'bytes',
    sign: ({ secret, body }) => btcPaySignature(secret, body),
  },
  collectsForUs: true,
  visits: [
    'pay',
    'pay_unconfirmed',
    'confirm',
    'underpay',
    'overpay',
    'pay_late',
    'pay_again',
    'expire',
    'double_spend',
    'invalidate',
    'take_back',
    'claim_refund',
    'complete_refund',
    'fail_refund',
    'refund_part',
    'refund_full',
    'walk_away',
  ],
  returnsOddPayments: false,
};

/** Since 2.3.4: other answers are final. */
function isTemporary(status: number | undefined): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 408;
}
