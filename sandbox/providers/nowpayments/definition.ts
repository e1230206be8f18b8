import { anyGood, everyFailure, pausesMs } from '../retry.ts';
import type { Simulator } from '../simulator.ts';
import { makeNowPaymentsAccount, type NowPaymentsAccount } from './account.ts';
import { failureBody } from './errors.ts';
import { ipnSignature } from './ipn.ts';
import { createNowPayments } from './provider.ts';

export const nowpayments: Simulator<NowPaymentsAccount> = {
  name: 'nowpayments',
  maker: 'NOWPayments',
  accent: '#3a6bd8',
  apiPath: '/nowpayments/v1',
  address: { setting: 'NOWPAYMENTS_API_URL', path: '/nowpayments/v1' },
  pagePaths: ['/payment', '/payment/'],
  makeAccount: makeNowPaymentsAccount,
  create: (host, { account }) => createNowPayments(host, { ...account, sorting: account.sorting ?? 'sdk' }),
  failureBody,
  retry: { isAccepted: anyGood, isWorthRetrying: everyFailure, isOneQueue: false },
  // NOWPayments' API page on recurrent notifications: how often, and after how long, is set in the dashboard; its example.
  realRetryDelaysMs: pausesMs({ minutes: [1, 1, 1] }),
  webhookTarget: 'payment',
  signing: {
    header: 'x-nowpayments-sig',
    secretSetting: 'NOWPAYMENTS_IPN_SECRET',
    covers: 'values',
    sign: ({ secret, body }) => ipnSignature(secret, body),
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
    'fail',
    'expire',
    'walk_away',
  ],
  returnsOddPayments: false,
};
