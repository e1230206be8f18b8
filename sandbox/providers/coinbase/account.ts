import { createECDH, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type RandomIds, systemIds } from '../ids.ts';
import type { MadeUp, SimulatorAccount } from '../simulator.ts';

export interface CoinbaseAccount extends SimulatorAccount {
  readonly keyId: string;
  /** PEM or JWK of the key that signs; of a private one only the public half is used. */
  readonly publicKey: string | JsonWebKey;
  readonly webhookSecret: string;
  /** Whether a refund under a known key is the same refund; default true. The documentation leaves it open. */
  readonly honoursRefundKeys?: boolean | undefined;
}

export function makeCoinbaseAccount(ids: RandomIds = systemIds): MadeUp<CoinbaseAccount> {
  const privateKey = makeKey(ids);
  const publicKey = String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
  const keyId = `organizations/sandbox/apiKeys/${ids.hex(8)}`;
  const webhookSecret = ids.hex(24);
  return {
    account: { keyId, publicKey, webhookSecret },
    environment: {
      COINBASE_API_KEY_ID: keyId,
      COINBASE_API_KEY_SECRET: String(privateKey.export({ type: 'sec1', format: 'pem' })),
      COINBASE_WEBHOOK_SECRET: webhookSecret,
    },
  };
}

/** A key of P-256 from the given source: `generateKeyPairSync` knows only the system's. */
function makeKey(ids: RandomIds): KeyObject {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(ids.bytes(32));
  const point = pair.getPublicKey();
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)];
  const d = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
  return createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d } });
}
