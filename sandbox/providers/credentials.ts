import { createECDH, generateKeyPairSync } from 'node:crypto';
import { randomBase58, randomHex } from './ids.ts';
import type { BitPayAccount, BtcPayAccount, CoinbaseAccount, PayhipAccount } from './options.ts';

// Accounts made up on the spot: what the simulated provider keeps, and what the product has to be told.

interface MadeUp<Account> {
  readonly account: Account;
  readonly environment: Readonly<Record<string, string>>;
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

export function makeBitPayAccount(): MadeUp<BitPayAccount> {
  const key = createECDH('secp256k1');
  key.generateKeys();
  const posToken = randomBase58(44);
  const merchantToken = randomBase58(44);
  return {
    account: { posToken, merchantToken, clientPublicKeyHex: key.getPublicKey('hex', 'compressed') },
    environment: {
      BITPAY_POS_TOKEN: posToken,
      BITPAY_MERCHANT_TOKEN: merchantToken,
      BITPAY_PRIVATE_KEY: key.getPrivateKey('hex').padStart(64, '0'),
    },
  };
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

/** The secret end of the webhook's address is the product's own; it is made up here because a seller would. */
export function makePayhipAccount(): MadeUp<PayhipAccount> {
  const apiKey = `payhip_${randomHex(20)}`;
  return {
    account: { apiKey },
    environment: { PAYHIP_API_KEY: apiKey, PAYHIP_WEBHOOK_PATH_SECRET: randomHex(24) },
  };
}
