import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { randomHex } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';

export interface CoinbaseAccount extends SimulatorAccount {
  readonly keyId: string;
  /** PEM or JWK of the key that signs; of a private one only the public half is used. */
  readonly publicKey: string | JsonWebKey;
  readonly webhookSecret: string;
  /** Whether a refund under a known key is the same refund; default true. The documentation leaves it open. */
  readonly honoursRefundKeys?: boolean | undefined;
}

export function makeCoinbaseAccount(): MadeUp<CoinbaseAccount> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = `organizations/sandbox/apiKeys/${randomHex(8)}`;
  const webhookSecret = randomHex(24);
  return {
    account: { keyId, publicKey: String(pair.publicKey.export({ type: 'spki', format: 'pem' })), webhookSecret },
    environment: {
      COINBASE_API_KEY_ID: keyId,
      COINBASE_API_KEY_SECRET: String(pair.privateKey.export({ type: 'sec1', format: 'pem' })),
      COINBASE_WEBHOOK_SECRET: webhookSecret,
    },
  };
}
