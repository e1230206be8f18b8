import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import { ProviderSettingInvalid } from '../kit/settings.ts';

/** DER of a PKCS8 Ed25519 private key up to the 32 bytes of the seed. */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
// Five seconds back: harmless to Coinbase, and a host whose clock runs a little ahead still gets in. The two together
// stay within the two minutes that a token may live.
const notBeforeSeconds = 5;
const lifeSeconds = 120;

export interface CoinbaseKey {
  keyId: string;
  algorithm: 'ES256' | 'EdDSA';
  privateKey: KeyObject;
}

/**
 * Reads a CDP secret key: a P-256 key as PEM (SEC1 or PKCS8, also with literal `\n`), or an Ed25519 key as base64 of
 * seed and public key, or as PKCS8 PEM. Throws ProviderSettingInvalid. Coinbase: CDP API Keys, Authentication.
 */
export function readCoinbaseKey(input: { keyId: string; secret: string }): CoinbaseKey {
  const found = findKey(input.secret);
  if (found !== undefined) return { keyId: input.keyId, ...found };
  throw new ProviderSettingInvalid('COINBASE_API_KEY_SECRET is neither a P-256 key (PEM) nor an Ed25519 key (base64)');
}

export function isCoinbaseKey(secret: string): boolean {
  return findKey(secret) !== undefined;
}

function findKey(secret: string): Pick<CoinbaseKey, 'algorithm' | 'privateKey'> | undefined {
  const text = secret.replaceAll('\\n', '\n').trim();
  const privateKey = text.includes('-----BEGIN') ? readPem(text) : readSeed(text);
  if (privateKey?.asymmetricKeyType === 'ed25519') return { algorithm: 'EdDSA', privateKey };
  if (privateKey?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return { algorithm: 'ES256', privateKey };
  return undefined;
}

function readPem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function readSeed(base64: string): KeyObject | undefined {
  if (!/^[A-Za-z0-9+/]{86}==$/.test(base64)) return undefined;
  const seed = Buffer.from(base64, 'base64').subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: 'der', type: 'pkcs8' });
}

/** A token for one request. The `uri` claim names method, host (with its port) and path, and never the query. */
export function signCoinbaseJwt(
  key: CoinbaseKey,
  request: { method: string; url: string; now: Milliseconds; random: Random },
): string {
  const url = new URL(request.url);
  const notBefore = Math.floor(request.now / second) - notBeforeSeconds;
  const nonce = Buffer.from(request.random.bytes(16)).toString('hex');
  const header = { alg: key.algorithm, typ: 'JWT', kid: key.keyId, nonce };
  const claims = {
    sub: key.keyId,
    iss: 'cdp',
    nbf: notBefore,
    exp: notBefore + lifeSeconds,
    uri: `${request.method} ${url.host}${url.pathname}`,
  };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signText(key, text).toString('base64url')}`;
}

function signText(key: CoinbaseKey, text: string): Buffer {
  if (key.algorithm === 'EdDSA') return sign(null, Buffer.from(text), key.privateKey);
  // JWS wants r and s side by side, 64 bytes, and not the DER form that is the default.
  return sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
