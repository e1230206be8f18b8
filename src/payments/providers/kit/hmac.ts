import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Whether `given` is what one of the secrets makes. An empty secret verifies nothing. */
export function isMadeByAny(
  given: Uint8Array,
  secrets: readonly string[],
  make: (secret: string) => Uint8Array,
): boolean {
  let isMatch = false;
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = make(secret);
    // All secrets are always compared, so that the time it takes does not show which one matched.
    if (given.length === expected.length && timingSafeEqual(given, expected)) isMatch = true;
  }
  return isMatch;
}

/** Whether `given` is the HMAC of the parts under one of the secrets. */
export function isKeyedHash(
  given: Uint8Array,
  about: { secrets: readonly string[]; parts: readonly (string | Uint8Array)[]; algorithm?: 'sha256' | 'sha512' },
): boolean {
  return isMadeByAny(given, about.secrets, (secret) => {
    const hmac = createHmac(about.algorithm ?? 'sha256', keyOf(secret));
    for (const part of about.parts) hmac.update(part);
    return hmac.digest();
  });
}

/** More than a shop has secrets. */
const keysMax = 64;
const keys = new Map<string, KeyObject>();

/** Kept, because Node takes four times as long to make a key as to sign a webhook with it. */
function keyOf(secret: string): KeyObject {
  const kept = keys.get(secret);
  if (kept !== undefined) return kept;
  if (keys.size >= keysMax) keys.clear();
  const key = createSecretKey(secret, 'utf8');
  keys.set(secret, key);
  return key;
}

/** The 32 bytes of a hex SHA-256; undefined for anything else, before a lenient decoder could see it. */
export function readHexDigest(text: string | undefined): Buffer | undefined {
  return text !== undefined && /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** The 32 bytes of a base64 SHA-256 with its padding; undefined for anything else. */
export function readBase64Digest(text: string | undefined): Buffer | undefined {
  return text !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
