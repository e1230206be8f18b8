import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ProviderSettingInvalid } from '../kit/settings.ts';

export interface BitpayKey {
  /** Compressed public key, hex: the value of `X-Identity`. */
  identity: string;
  privateKey: KeyObject;
}

/** Reads a secp256k1 private key of 64 hex characters. Throws ProviderSettingInvalid. */
export function readBitpayKey(privateKeyHex: string): BitpayKey {
  const ecdh = createECDH('secp256k1');
  try {
    if (!/^[0-9a-fA-F]{64}$/.test(privateKeyHex)) throw new Error('not 64 hex characters');
    ecdh.setPrivateKey(Buffer.from(privateKeyHex, 'hex'));
  } catch {
    throw new ProviderSettingInvalid('BITPAY_PRIVATE_KEY is not a secp256k1 private key of 64 hex characters');
  }
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'secp256k1',
    d: Buffer.from(privateKeyHex, 'hex').toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const identity = ecdh.getPublicKey('hex', 'compressed');
  return { identity, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

/**
 * The headers of a signed call: the signature covers the full URL with its query, followed by the body exactly as it is
 * sent. BitPay: API, request signing.
 */
export function signBitpayRequest(key: BitpayKey, request: { url: string; body?: string | undefined }) {
  const text = `${request.url}${request.body ?? ''}`;
  const signature = sign('sha256', Buffer.from(text), key.privateKey).toString('hex');
  return { 'X-Identity': key.identity, 'X-Signature': signature };
}

/** The headers of any call; a key signs it. */
export function bitpayHeaders(request: { url: string; body?: string | undefined }, key?: BitpayKey) {
  return {
    'X-Accept-Version': '2.0.0',
    'Content-Type': 'application/json',
    ...(key === undefined ? {} : signBitpayRequest(key, request)),
  };
}
