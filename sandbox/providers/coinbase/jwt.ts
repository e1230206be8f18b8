import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { CoinbaseError } from './errors.ts';

// Coinbase: Checkouts, Authentication. One token per request: a nonce that was seen before is refused.

/** Seconds by which a client's clock may run ahead. */
const skewSeconds = 5;
const lifeMaxSeconds = 120;
const noncesMax = 100_000;

export interface JwtKey {
  readonly keyId: string;
  /** PEM, public or private (of a private one only the public half is used), or a JWK. */
  readonly key: string | JsonWebKey;
}

interface JwtRequest {
  readonly authorization: string | undefined;
  readonly method: string;
  /** As in the `Host` header, with the port if there is one. */
  readonly host: string;
  /** Without the query string. */
  readonly path: string;
  readonly nowMs: number;
}

export type JwtCheck = (request: JwtRequest) => void;

/** The check throws a `CoinbaseError` 401 that names the rule which was broken. */
export function createJwtCheck({ keyId, key }: JwtKey, { verifiesSignatures = true } = {}): JwtCheck {
  const publicKey = typeof key === 'string' ? createPublicKey(key) : createPublicKey({ key, format: 'jwk' });
  const alg = algorithmOf(publicKey);
  const seenNonces = new Set<string>();
  return (request) => {
    const [headerPart, claimsPart, signaturePart] = splitToken(request.authorization);
    const header = parsePart(headerPart, 'header');
    const claims = parsePart(claimsPart, 'claims');
    checkHeader(header, { keyId, alg });
    checkClaims(claims, { keyId, request });
    const isGood = !verifiesSignatures || isSigned(publicKey, `${headerPart}.${claimsPart}`, signaturePart);
    if (!isGood) throw refused('the signature is wrong');
    const nonce = String(header['nonce']);
    if (seenNonces.has(nonce)) throw refused('the nonce was used before');
    if (seenNonces.size >= noncesMax) seenNonces.clear();
    seenNonces.add(nonce);
  };
}

function refused(reason: string): CoinbaseError {
  return new CoinbaseError(401, 'unauthorized', `Unauthorized: ${reason}.`);
}

function splitToken(authorization: string | undefined): [string, string, string] {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '');
  const [, header, claims, signature] = token ?? [];
  if (header === undefined || claims === undefined || signature === undefined) throw refused('no bearer token');
  return [header, claims, signature];
}

function parsePart(part: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Falls through to the refusal.
  }
  throw refused(`the token's ${what} is not a JSON object`);
}

function checkHeader(header: Record<string, unknown>, expected: { keyId: string; alg: string }): void {
  if (header['alg'] !== expected.alg) throw refused(`alg must be ${expected.alg} for this key`);
  if (header['typ'] !== 'JWT') throw refused('typ must be JWT');
  if (header['kid'] !== expected.keyId) throw refused('kid is not a known key');
  const nonce = header['nonce'];
  if (typeof nonce !== 'string' || !/^[0-9a-f]{32}$/i.test(nonce)) throw refused('nonce must be 16 bytes of hex');
}

function checkClaims(claims: Record<string, unknown>, expected: { keyId: string; request: JwtRequest }): void {
  const { keyId, request } = expected;
  const { sub, iss, nbf, exp, uri, uris } = claims;
  if (sub !== keyId) throw refused('sub must be the key id');
  if (iss !== 'cdp') throw refused('iss must be cdp');
  if (!Number.isInteger(nbf) || !Number.isInteger(exp)) throw refused('nbf and exp must be whole seconds');
  const now = request.nowMs / 1000;
  if (Number(nbf) > now + skewSeconds) throw refused('the token is not valid yet');
  if (Number(exp) <= now) throw refused('the token has expired');
  if (Number(exp) - Number(nbf) > lifeMaxSeconds) throw refused('the token lives longer than 120 seconds');
  const expectedUri = `${request.method} ${request.host}${request.path}`;
  // Coinbase's own SDK names it in a list.
  const isNamed = uri === undefined && Array.isArray(uris) ? uris.includes(expectedUri) : uri === expectedUri;
  if (!isNamed) throw refused(`uri must be "${expectedUri}"`);
}

function algorithmOf(key: KeyObject): 'ES256' | 'EdDSA' {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new Error('a Coinbase key is Ed25519 or P-256');
}

function isSigned(key: KeyObject, text: string, signaturePart: string): boolean {
  const signature = Buffer.from(signaturePart, 'base64url');
  // Both kinds are 64 bytes: r and s, and never the DER form that node:crypto makes by default.
  if (signature.length !== 64) return false;
  if (algorithmOf(key) === 'EdDSA') return verify(null, Buffer.from(text), key, signature);
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
