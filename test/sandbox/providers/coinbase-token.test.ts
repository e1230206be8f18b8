import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createJwtCheck } from '#sandbox/providers/coinbase/jwt.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { type CoinbaseClient, coinbaseClient, type JwtParts, makeEd25519 } from './clients.ts';
import { type Clock, call, createClock, readSample, startSandbox } from './support.ts';

async function start(): Promise<{ sandbox: ProviderSandbox; clock: Clock; client: CoinbaseClient }> {
  const clock = createClock();
  const sandbox = await startSandbox({ now: clock.now });
  return { sandbox, clock, client: coinbaseClient(sandbox, clock) };
}

interface Recorded {
  kind: string;
  keyId: string;
  publicKey: string;
  method: string;
  host: string;
  path: string;
  /** Unix seconds. */
  issuedAt: number;
  token: string;
}
const recorded = readSample<{ tokens: Recorded[] }>('coinbase-business/cdp-sdk-1.57.0-tokens.json');

describe('the token', () => {
  const lies: readonly [string, (jwt: JwtParts) => void][] = [
    ["an algorithm that is not the key's", ({ header }) => Object.assign(header, { alg: 'EdDSA' })],
    ['no algorithm', ({ header }) => Object.assign(header, { alg: 'none' })],
    ['another type', ({ header }) => Object.assign(header, { typ: 'JOSE' })],
    ['another key id', ({ header }) => Object.assign(header, { kid: 'someone-else' })],
    ['no nonce', ({ header }) => Object.assign(header, { nonce: undefined })],
    ['a nonce that is not hex', ({ header }) => Object.assign(header, { nonce: 'not-a-nonce' })],
    ['another subject', ({ claims }) => Object.assign(claims, { sub: 'someone-else' })],
    ['another issuer', ({ claims }) => Object.assign(claims, { iss: 'coinbase-cloud' })],
    ['no expiry', ({ claims }) => Object.assign(claims, { exp: undefined })],
    ['a life of more than two minutes', ({ claims }) => Object.assign(claims, { exp: Number(claims['nbf']) + 121 })],
    [
      'an expiry in the past',
      ({ claims }) => Object.assign(claims, { nbf: Number(claims['nbf']) - 120, exp: claims['nbf'] }),
    ],
    ['a start in the future', ({ claims }) => Object.assign(claims, { nbf: Number(claims['nbf']) + 30 })],
    ['no uri', ({ claims }) => Object.assign(claims, { uri: undefined })],
    ['an empty list of uris', ({ claims }) => Object.assign(claims, { uris: [], uri: undefined })],
    ['another uri in the list', ({ claims }) => Object.assign(claims, { uris: ['GET elsewhere/'], uri: undefined })],
    ['a wrong uri beside a good list', ({ claims }) => Object.assign(claims, { uris: [claims['uri']], uri: 'GET /' })],
    [
      'the scheme in the uri',
      ({ claims }) => Object.assign(claims, { uri: String(claims['uri']).replace(' ', ' http://') }),
    ],
    ['another method', ({ claims }) => Object.assign(claims, { uri: String(claims['uri']).replace('GET', 'POST') })],
    ['the query string in the uri', ({ claims }) => Object.assign(claims, { uri: `${claims['uri']}?pageSize=5` })],
    [
      'the host without its port',
      ({ claims }) => Object.assign(claims, { uri: String(claims['uri']).replace(/:\d+/, '') }),
    ],
  ];

  test.each(lies)('with %s is refused', async (_name, tamper) => {
    const { client } = await start();
    const answer = await client.request('GET', '/checkouts?pageSize=5', { tamper });
    expect(answer.status).toBe(401);
    expect(answer.json.errorType).toBe('unauthorized');
  });

  test('with the uri in a list is accepted, as the official SDK writes it', async () => {
    const { client } = await start();
    const tamper = ({ claims }: JwtParts) =>
      Object.assign(claims, { uris: ['GET elsewhere/', claims['uri']], uri: undefined, iat: claims['nbf'] });
    expect((await client.request('GET', '/checkouts?pageSize=5', { tamper })).status).toBe(200);
  });

  // Recorded: the SDK itself would bring a hundred packages and 129 MB for these few lines.
  test.each(recorded.tokens)('that the official SDK made with an $kind key is accepted, once', (made) => {
    const check = createJwtCheck({ keyId: made.keyId, key: made.publicKey });
    const { method, host, path, token } = made;
    const request = { authorization: `Bearer ${token}`, method, host, path, nowMs: made.issuedAt * 1000 };
    expect(() => check({ ...request, path: '/api/v1/others' })).toThrow('uri must be');
    expect(() => check({ ...request, nowMs: request.nowMs + 120_000 })).toThrow('has expired');
    expect(() => check(request)).not.toThrow();
    expect(() => check(request)).toThrow('nonce was used before');
  });

  test('with correct claims is accepted', async () => {
    const { client } = await start();
    expect((await client.request('GET', '/checkouts?pageSize=5')).status).toBe(200);
  });

  test('is refused if its signature is in the DER form', async () => {
    const { sandbox, client } = await start();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    let text = '';
    const tamper = ({ header, claims }: JwtParts) => {
      text = `${part(header)}.${part(claims)}`;
    };
    expect((await client.request('GET', '/checkouts', { tamper })).status).toBe(200);
    text = text.replace(/^[^.]+/, (first) => {
      const header = JSON.parse(Buffer.from(first, 'base64url').toString());
      return part({ ...header, nonce: 'cd'.repeat(16) });
    });
    const authorize = (form: 'der' | 'ieee-p1363') => {
      const signature = sign('sha256', Buffer.from(text), { key: client.privateKey, dsaEncoding: form });
      return { authorization: `Bearer ${text}.${signature.toString('base64url')}` };
    };
    expect((await call(`${sandbox.apiUrls.coinbase}/checkouts`, { headers: authorize('der') })).status).toBe(401);
    expect((await call(`${sandbox.apiUrls.coinbase}/checkouts`, { headers: authorize('ieee-p1363') })).status).toBe(
      200,
    );
  });

  test('is refused if another key signed it', async () => {
    const { sandbox, clock } = await start();
    const id = sandbox.environment['COINBASE_API_KEY_ID'] ?? '';
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = String(other.export({ type: 'pkcs8', format: 'pem' }));
    expect((await coinbaseClient(sandbox, clock, { id, pem }).request('GET', '/checkouts')).status).toBe(401);
  });

  test('serves for one request only', async () => {
    const { client } = await start();
    const tamper = ({ header }: JwtParts) => Object.assign(header, { nonce: 'ab'.repeat(16) });
    expect((await client.request('GET', '/checkouts', { tamper })).status).toBe(200);
    expect((await client.request('GET', '/checkouts', { tamper })).status).toBe(401);
  });

  test('may be signed with Ed25519', async () => {
    const clock = createClock();
    const { publicPem, privatePem } = makeEd25519();
    const sandbox = await startSandbox({
      now: clock.now,
      accounts: { coinbase: { keyId: 'ed-key', publicKey: publicPem, webhookSecret: 'shhh' } },
    });
    const client = coinbaseClient(sandbox, clock, { id: 'ed-key', pem: privatePem });
    expect((await client.create()).status).toBe(201);
    const tamper = ({ header }: JwtParts) => Object.assign(header, { alg: 'ES256' });
    expect((await client.request('GET', '/checkouts', { tamper })).status).toBe(401);
  });
});
