import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CoinbaseKey, readCoinbaseKey, signCoinbaseJwt } from '#payments/providers/coinbase/jwt.ts';
import { fixtureJson } from '../support/fixtures.ts';
import { seededRandom } from '../support/scripted-server.ts';

const keyId = 'organizations/1/apiKeys/2';
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'sec1' | 'pkcs8') => String(key.export({ type, format: 'pem' }));
const raw = (part: 'd' | 'x') => Buffer.from(String(ed25519.privateKey.export({ format: 'jwk' })[part]), 'base64url');
const seedAndPublic = Buffer.concat([raw('d'), raw('x')]).toString('base64');
const request = { method: 'POST', url: 'https://business.coinbase.com/api/v1/checkouts?a=b', now: 1_763_065_020_000 };

function read(key: CoinbaseKey, differences: Partial<typeof request> = {}) {
  const token = signCoinbaseJwt(key, { ...request, ...differences, random: seededRandom() });
  const [header = '', claims = '', signature = ''] = token.split('.');
  const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  const isSigned =
    key.algorithm === 'EdDSA'
      ? verify(
          null,
          Buffer.from(`${header}.${claims}`),
          createPublicKey(key.privateKey),
          Buffer.from(signature, 'base64url'),
        )
      : verify(
          'sha256',
          Buffer.from(`${header}.${claims}`),
          { key: createPublicKey(key.privateKey), dsaEncoding: 'ieee-p1363' },
          Buffer.from(signature, 'base64url'),
        );
  return { header: decode(header), claims: decode(claims), isSigned };
}

describe('a secret key', () => {
  test.each([
    ['P-256, SEC1', pem(p256.privateKey, 'sec1'), 'ES256'],
    ['P-256, PKCS8', pem(p256.privateKey, 'pkcs8'), 'ES256'],
    ['P-256 with literal \\n', pem(p256.privateKey, 'sec1').replaceAll('\n', '\\n'), 'ES256'],
    ['Ed25519, base64 of seed and public key', seedAndPublic, 'EdDSA'],
    ['Ed25519, PKCS8', pem(ed25519.privateKey, 'pkcs8'), 'EdDSA'],
  ])('signs: %s', (_name, secret, algorithm) => {
    const key = readCoinbaseKey({ keyId, secret });
    expect(key.algorithm).toBe(algorithm);
    expect(read(key)).toMatchObject({ header: { alg: algorithm }, isSigned: true });
  });

  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  test.each([
    ['nothing', ''],
    ['other text', 'hunter2hunter2'],
    ['base64 of too few bytes', Buffer.alloc(32).toString('base64')],
    ['a broken PEM', '-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----'],
    ['another curve', pem(secp256k1, 'sec1')],
  ])('that is %s is refused by the name of the setting, without its value', (_name, secret) => {
    expect(() => readCoinbaseKey({ keyId, secret })).toThrow(/^COINBASE_API_KEY_SECRET is neither/);
    expect(() => readCoinbaseKey({ keyId, secret })).not.toThrow(/hunter2/);
  });
});

describe('a token', () => {
  const key = readCoinbaseKey({ keyId, secret: seedAndPublic });

  test('has the documented header and claims, and lives two minutes', () => {
    const shape = fixtureJson<{ header: object; claims: object }>('coinbase-business/jwt-shape.json');
    const { header, claims } = read(key);
    expect(Object.keys(header)).toEqual(Object.keys(shape.header));
    expect(Object.keys(claims)).toEqual(Object.keys(shape.claims));
    expect(header).toMatchObject({ typ: 'JWT', kid: keyId, nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(claims).toEqual({
      sub: keyId,
      iss: 'cdp',
      nbf: 1_763_065_015,
      exp: 1_763_065_135,
      uri: 'POST business.coinbase.com/api/v1/checkouts',
    });
  });

  test('names the port when the address has one', () => {
    const { claims } = read(key, { method: 'GET', url: 'http://127.0.0.1:8080/coinbase/api/v1/checkouts?pageSize=1' });
    expect(claims.uri).toBe('GET 127.0.0.1:8080/coinbase/api/v1/checkouts');
  });
});
