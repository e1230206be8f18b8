// In place of node:crypto where BitPay's calls are signed and checked. A signature on secp256k1 takes OpenSSL a third of a millisecond, both
// together a sixteenth of all that a history takes. Here it is an HMAC under the public key: another key or other words still make another
// signature, and who only pretends to have the private key is no part of these histories.
import { createHmac, createPublicKey, type KeyObject } from 'node:crypto';

// biome-ignore lint/performance/noBarrelFile: a stand-in has all that is imported from the module in whose place it is.
export { createECDH, createHmac, createPrivateKey, createPublicKey, ECDH } from 'node:crypto';

/** As real ones begin. */
const derSequence = Buffer.from([0x30]);
const secrets = new WeakMap<KeyObject, Buffer>();

function secretOf(key: KeyObject): Buffer {
  const known = secrets.get(key);
  if (known !== undefined) return known;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const secret = publicKey.export({ type: 'spki', format: 'der' });
  secrets.set(key, secret);
  return secret;
}

export function sign(_algorithm: string, text: Buffer, key: KeyObject): Buffer {
  return Buffer.concat([derSequence, createHmac('sha256', secretOf(key)).update(text).digest()]);
}

export function verify(algorithm: string, text: Buffer, key: KeyObject, signature: Buffer): boolean {
  return sign(algorithm, text, key).equals(signature);
}
