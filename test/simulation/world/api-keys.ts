// API keys that were changed on a provider's pages. The simulated provider knows the first ones only: a call under a key that is
// good now is written anew under those, and one under a key that was withdrawn is refused by the provider itself.
import { createPrivateKey, sign } from 'node:crypto';
import type { ProviderName } from '#kernel/provider-name.ts';

/** Settings of the product by their names: a key, or a key and its id. */
export type ApiKey = Readonly<Record<string, string>>;

export interface ApiKeys {
  /** From now on these are good, and no others. */
  accept(provider: ProviderName, keys: readonly ApiKey[]): void;
  /** The call as the simulated provider understands it. */
  translate(provider: ProviderName, request: Request): Promise<Request>;
}

export const keySettings: Readonly<Record<ProviderName, readonly [string, ...string[]]>> = {
  coinbase: ['COINBASE_API_KEY_ID', 'COINBASE_API_KEY_SECRET'],
  bitpay: ['BITPAY_POS_TOKEN'],
  btcpay: ['BTCPAY_API_KEY'],
  nowpayments: ['NOWPAYMENTS_API_KEY'],
  payhip: ['PAYHIP_API_KEY'],
};

export function createApiKeys(first: ApiKey): ApiKeys {
  const accepted = new Map<ProviderName, readonly ApiKey[]>();
  return {
    accept: (provider, keys) => void accepted.set(provider, keys),
    async translate(provider, request) {
      const keys = accepted.get(provider);
      if (keys === undefined) return request;
      if (provider === 'coinbase') return translateToken(request, { keys, first });
      const [setting] = keySettings[provider];
      const original = first[setting] ?? '';
      const text = await textOf(request);
      const used = keys.map((key) => key[setting] ?? '').find((key) => text.includes(key));
      return rewrite(request, used === undefined ? { from: original, to: 'withdrawn' } : { from: used, to: original });
    },
  };
}

/** Wherever a key may stand: in the address, a header or the body. */
async function textOf(request: Request): Promise<string> {
  const headers = [...request.headers].map(([, value]) => value);
  return [request.url, ...headers, await request.clone().text()].join('\n');
}

async function rewrite(request: Request, { from, to }: { from: string; to: string }): Promise<Request> {
  if (from === to) return request;
  const { method, url } = request;
  const headers = [...request.headers].map(([name, value]): [string, string] => [name, value.replaceAll(from, to)]);
  const body = (await request.text()).replaceAll(from, to);
  return new Request(url.replaceAll(from, to), { method, headers, body: hasBody(method) ? body : null });
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** A token names the id of its key and is signed with it. */
function translateToken(request: Request, { keys, first }: { keys: readonly ApiKey[]; first: ApiKey }): Request {
  const [headerPart = '', claimsPart = ''] = (request.headers.get('authorization') ?? '')
    .slice('Bearer '.length)
    .split('.');
  const header = JSON.parse(Buffer.from(headerPart, 'base64url').toString()) as { kid: string };
  const claims = JSON.parse(Buffer.from(claimsPart, 'base64url').toString()) as object;
  const isGood = keys.some((key) => key['COINBASE_API_KEY_ID'] === header.kid);
  const kid = isGood ? (first['COINBASE_API_KEY_ID'] ?? '') : 'withdrawn';
  const text = [
    { ...header, kid },
    { ...claims, sub: kid },
  ]
    .map(encode)
    .join('.');
  const key = createPrivateKey(first['COINBASE_API_KEY_SECRET'] ?? '');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${text}.${signature}`);
  return new Request(request, { headers });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
