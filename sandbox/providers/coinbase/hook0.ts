import { createHmac } from 'node:crypto';

// Coinbase: Checkouts, Webhooks. The scheme of Hook0 with both signatures.

export interface Hook0Input {
  readonly secret: string;
  /** Unix seconds. */
  readonly time: number;
  readonly body: string;
  /** Names in lower case, in the order in which they are signed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The value of `X-Hook0-Signature`. */
export function hook0Signature({ secret, time, body, headers }: Hook0Input): string {
  const names = Object.keys(headers).join(' ');
  const values = Object.values(headers).join('.');
  const v0 = hmacHex(secret, `${time}.${body}`);
  const v1 = hmacHex(secret, `${time}.${names}.${values}.${body}`);
  return `t=${time},v0=${v0},h=${names},v1=${v1}`;
}

function hmacHex(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
