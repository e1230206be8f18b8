import { randomBase58, randomHex } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';

export interface BtcPayAccount extends SimulatorAccount {
  readonly apiKey: string;
  readonly storeId: string;
  readonly webhookSecret: string;
  /** Default: all that the sandbox knows. */
  readonly permissions?: readonly string[] | undefined;
}

export function makeBtcPayAccount(): MadeUp<BtcPayAccount> {
  const account = { apiKey: randomHex(20), storeId: randomBase58(44), webhookSecret: randomHex(24) };
  return {
    account,
    environment: {
      BTCPAY_API_KEY: account.apiKey,
      BTCPAY_STORE_ID: account.storeId,
      BTCPAY_WEBHOOK_SECRET: account.webhookSecret,
    },
  };
}
