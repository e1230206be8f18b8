import { createECDH } from 'node:crypto';
import { type RandomIds, systemIds } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';

export interface BitPayAccount extends SimulatorAccount {
  readonly posToken: string;
  readonly merchantToken?: string | undefined;
  /** Compressed secp256k1 point, 66 hex characters: the key paired with the merchant token. */
  readonly clientPublicKeyHex?: string | undefined;
  /** Default 15 minutes. */
  readonly lifeMs?: number | undefined;
  /** From confirmed to complete, default one minute. */
  readonly completeAfterMs?: number | undefined;
  /** What a cancelled invoice becomes; default `expired`, as in the official fixture. */
  readonly cancelledStatus?: 'expired' | 'declined' | undefined;
  /** Default true. */
  readonly signsWebhooks?: boolean | undefined;
  /** What lies in each ledger at first, as a decimal string; default `10000.00`. A refund above the balance is refused. */
  readonly ledgerBalance?: string | undefined;
  /** Error bodies come with status 200; default false. */
  readonly errorsWithStatus200?: boolean | undefined;
}

export function makeBitPayAccount(ids: RandomIds = systemIds): MadeUp<BitPayAccount> {
  const key = createECDH('secp256k1');
  key.setPrivateKey(ids.bytes(32));
  const posToken = ids.base58(44);
  const merchantToken = ids.base58(44);
  return {
    account: { posToken, merchantToken, clientPublicKeyHex: key.getPublicKey('hex', 'compressed') },
    environment: {
      BITPAY_POS_TOKEN: posToken,
      BITPAY_MERCHANT_TOKEN: merchantToken,
      BITPAY_PRIVATE_KEY: key.getPrivateKey('hex').padStart(64, '0'),
    },
  };
}
