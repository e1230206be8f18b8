import { type RandomIds, systemIds } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';

export interface BtcPayAccount extends SimulatorAccount {
  readonly apiKey: string;
  readonly storeId: string;
  readonly webhookSecret: string;
  /** Default: all that the sandbox knows. */
  readonly permissions?: readonly string[] | undefined;
}

export function makeBtcPayAccount(ids: RandomIds = systemIds): MadeUp<BtcPayAccount> {
  const account = { apiKey: ids.hex(20), storeId: ids.base58(44), webhookSecret: ids.hex(24) };
  return {
    account,
    environment: {
      BTCPAY_API_KEY: account.apiKey,
      BTCPAY_STORE_ID: account.storeId,
      BTCPAY_WEBHOOK_SECRET: account.webhookSecret,
    },
  };
}
