import { type RandomIds, systemIds } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';
import type { Sorting } from './ipn.ts';

export interface NowPaymentsAccount extends SimulatorAccount {
  readonly apiKey: string;
  readonly ipnSecret: string;
  /** The dashboard's own login. */
  readonly email: string;
  readonly password: string;
  /** Default `sdk`. */
  readonly sorting?: Sorting | undefined;
}

export function makeNowPaymentsAccount(ids: RandomIds = systemIds): MadeUp<NowPaymentsAccount> {
  const account = {
    apiKey: [7, 7, 7, 7].map((length) => ids.hex(length).slice(0, length).toUpperCase()).join('-'),
    ipnSecret: ids.hex(16),
    email: `shop-${ids.hex(4)}@example.com`,
    password: ids.hex(12),
  };
  return {
    account,
    environment: {
      NOWPAYMENTS_API_KEY: account.apiKey,
      NOWPAYMENTS_IPN_SECRET: account.ipnSecret,
      NOWPAYMENTS_EMAIL: account.email,
      NOWPAYMENTS_PASSWORD: account.password,
    },
  };
}
