import {
  createECDH,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { expect } from 'vitest';
import type { ProviderSandbox, ProviderWorld } from '#sandbox/providers/options.ts';
import { type Answer, type Clock, call } from './support.ts';

// A customer of the simulated providers that is written from their documentation alone.

/** Where the calls go: to the addresses of a sandbox, over the network unless it has a way of its own. */
export interface Callee extends Pick<ProviderWorld, 'apiUrls' | 'environment'> {
  readonly call?: typeof call;
}

export interface JwtParts {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

export interface CoinbaseClient {
  /** `tamper` changes the token before it is signed. */
  request(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string>; tamper?: (jwt: JwtParts) => void; now?: number },
  ): Promise<Answer>;
  create(body?: Record<string, unknown>, key?: string): Promise<Answer>;
  readonly privateKey: KeyObject;
}

/** Works with the account that the sandbox made up, or with a key of the test's own. */
export function coinbaseClient(sandbox: Callee, clock: Clock, key?: { id: string; pem: string }): CoinbaseClient {
  const keyId = key?.id ?? sandbox.environment['COINBASE_API_KEY_ID'] ?? '';
  const privateKey = createPrivateKey(key?.pem ?? sandbox.environment['COINBASE_API_KEY_SECRET'] ?? '');
  const client: CoinbaseClient = {
    privateKey,
    async request(method, path, options = {}) {
      const url = new URL(`${sandbox.apiUrls.coinbase}${path}`);
      const seconds = Math.floor((options.now ?? clock.now()) / 1000);
      const isEd25519 = privateKey.asymmetricKeyType === 'ed25519';
      const jwt: JwtParts = {
        header: { alg: isEd25519 ? 'EdDSA' : 'ES256', typ: 'JWT', kid: keyId, nonce: randomBytes(16).toString('hex') },
        claims: {
          sub: keyId,
          iss: 'cdp',
          nbf: seconds,
          exp: seconds + 120,
          uri: `${method} ${url.host}${url.pathname}`,
        },
      };
      options.tamper?.(jwt);
      const headers: Record<string, string> = {
        authorization: `Bearer ${signJwt(jwt, privateKey)}`,
        ...options.headers,
      };
      if (options.body !== undefined) headers['content-type'] ??= 'application/json';
      const body = options.body === undefined ? {} : { body: textOf(options.body) };
      return (sandbox.call ?? call)(url.href, { method, headers, ...body });
    },
    create: (body = {}, idempotencyKey = crypto.randomUUID()) =>
      client.request('POST', '/checkouts', {
        body: { amount: '100.00', currency: 'USDC', ...body },
        headers: { 'x-idempotency-key': idempotencyKey },
      }),
  };
  return client;
}

function signJwt({ header, claims }: JwtParts, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  const signature =
    key.asymmetricKeyType === 'ed25519'
      ? sign(null, Buffer.from(text), key)
      : sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

export function makeEd25519(): { publicPem: string; privatePem: string } {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicPem: String(pair.publicKey.export({ type: 'spki', format: 'pem' })),
    privatePem: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

export interface BitPayClient {
  readonly posToken: string;
  readonly merchantToken: string;
  pos(body?: Record<string, unknown>): Promise<Answer>;
  fetch(id: string): Promise<Answer>;
  /** A signed call with the merchant token. `signedText` replaces what is signed. */
  signed(
    method: string,
    path: string,
    options?: { fields?: object; signedText?: string; headers?: object },
  ): Promise<Answer>;
}

export const bitpayHeaders = { 'x-accept-version': '2.0.0', 'content-type': 'application/json' };

export function bitpayClient(sandbox: Callee): BitPayClient {
  const posToken = sandbox.environment['BITPAY_POS_TOKEN'] ?? '';
  const merchantToken = sandbox.environment['BITPAY_MERCHANT_TOKEN'] ?? '';
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(sandbox.environment['BITPAY_PRIVATE_KEY'] ?? '', 'hex');
  const point = ecdh.getPublicKey();
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'secp256k1',
      d: ecdh.getPrivateKey('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  return {
    posToken,
    merchantToken,
    pos: (body = {}) =>
      (sandbox.call ?? call)(`${sandbox.apiUrls.bitpay}/invoices`, {
        method: 'POST',
        headers: bitpayHeaders,
        body: JSON.stringify({ token: posToken, price: 20, currency: 'USD', extendedNotifications: true, ...body }),
      }),
    fetch: (id) =>
      (sandbox.call ?? call)(`${sandbox.apiUrls.bitpay}/invoices/${id}?token=${posToken}`, { headers: bitpayHeaders }),
    signed(method, path, { fields, signedText, headers } = {}) {
      const url = new URL(`${sandbox.apiUrls.bitpay}${path}`);
      if (fields === undefined) url.searchParams.set('token', merchantToken);
      const body = fields === undefined ? undefined : JSON.stringify({ token: merchantToken, ...fields });
      const text = signedText ?? `${url.href}${body ?? ''}`;
      return (sandbox.call ?? call)(url.href, {
        method,
        headers: {
          ...bitpayHeaders,
          'x-identity': ecdh.getPublicKey('hex', 'compressed'),
          'x-signature': sign('sha256', Buffer.from(text), key).toString('hex'),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
    },
  };
}

export interface BtcPayClient {
  readonly store: string;
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  create(body?: Record<string, unknown>): Promise<Answer>;
}

export function btcpayClient(sandbox: Callee): BtcPayClient {
  const store = `/stores/${sandbox.environment['BTCPAY_STORE_ID']}`;
  const client: BtcPayClient = {
    store,
    request: (method, path, body) =>
      (sandbox.call ?? call)(`${sandbox.apiUrls.btcpay}/api/v1${path}`, {
        method,
        headers: {
          authorization: `token ${sandbox.environment['BTCPAY_API_KEY']}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: textOf(body) }),
      }),
    create: (body = {}) =>
      client.request('POST', `${store}/invoices`, {
        amount: '49.00',
        currency: 'USD',
        metadata: { orderId: 'ord_1001' },
        ...body,
      }),
  };
  return client;
}

export function hmac(secret: string, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(text).digest(encoding);
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** An invoice whose client waits until the call has reached BTCPay, and gives up then, as one with a time-out does. */
export async function createAndGiveUp(sandbox: ProviderSandbox): Promise<Response> {
  const ending = new AbortController();
  const hanging = fetch(`${sandbox.apiUrls.btcpay}/api/v1${btcpayClient(sandbox).store}/invoices`, {
    method: 'POST',
    headers: { authorization: `token ${sandbox.environment['BTCPAY_API_KEY']}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount: '1.00', currency: 'USD' }),
    signal: ending.signal,
  });
  hanging.catch(() => undefined);
  await expect.poll(() => sandbox.callLog('btcpay')).toHaveLength(1);
  ending.abort(new Error('gave up'));
  return hanging;
}
