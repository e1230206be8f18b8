import { createHmac, createPublicKey, ECDH, type KeyObject, verify } from 'node:crypto';

// BitPay: Facades and request signing; Webhooks. Two signatures that share a header name and nothing else.

export interface SignedRequest {
  /** Compressed secp256k1 public key in hex: 66 characters. */
  readonly identity: string | undefined;
  /** DER in hex. */
  readonly signature: string | undefined;
  /** The full URL with its query, and for POST and PUT the body directly after it. */
  readonly text: string;
}

export function isRequestSigned({ identity, signature, text }: SignedRequest): boolean {
  if (identity === undefined || !/^0[23][0-9a-f]{64}$/.test(identity)) return false;
  if (signature === undefined || !/^30([0-9a-f]{2})+$/.test(signature)) return false;
  const key = publicKey(identity);
  return key !== undefined && verify('sha256', Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'hex'));
}

/** A client signs every request with the same key, and reading one takes as long as checking a signature. */
const keysMax = 100;
const keys = new Map<string, KeyObject | undefined>();

function publicKey(identity: string): KeyObject | undefined {
  if (!keys.has(identity)) {
    if (keys.size >= keysMax) keys.clear();
    keys.set(identity, readKey(identity));
  }
  return keys.get(identity);
}

/** Undefined if the text is not a point of the curve. */
function readKey(identity: string): KeyObject | undefined {
  try {
    const point = Buffer.from(String(ECDH.convertKey(identity, 'secp256k1', 'hex', 'hex', 'uncompressed')), 'hex');
    const x = point.subarray(1, 33).toString('base64url');
    const y = point.subarray(33, 65).toString('base64url');
    return createPublicKey({ key: { kty: 'EC', crv: 'secp256k1', x, y }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** The value of `x-signature` on a webhook: base64, keyed by the API token that made the resource. */
export function webhookSignature(token: string, body: string): string {
  return createHmac('sha256', token).update(body).digest('base64');
}
