// Deliveries as somebody would send them who must not be believed. Each is a genuine one with a single lie in it.
import { hour } from '#kernel/clock.ts';
import { webhookSignature } from '#sandbox/providers/bitpay/signatures.ts';
import { btcPaySignature } from '#sandbox/providers/btcpay/webhook.ts';
import { hook0Signature } from '#sandbox/providers/coinbase/hook0.ts';
import type { CheckoutProvider } from '#sandbox/providers/contract.ts';

export interface Delivery {
  headers: Record<string, string>;
  body: string;
}

export interface Forgery {
  lie: string;
  provider: CheckoutProvider;
  of(genuine: Delivery, about: { now: number; environment: Record<string, string> }): Delivery;
}

const signatureHeaders: Record<CheckoutProvider, string> = {
  coinbase: 'x-hook0-signature',
  bitpay: 'x-signature',
  btcpay: 'btcpay-sig',
};

export const forgeries: readonly Forgery[] = [
  ...(['coinbase', 'bitpay', 'btcpay'] as const).flatMap((provider): Forgery[] => {
    const name = signatureHeaders[provider];
    return [
      { provider, lie: 'has no signature', of: ({ headers, body }) => ({ headers: without(headers, name), body }) },
      {
        provider,
        lie: 'has an empty signature',
        of: ({ headers, body }) => ({ headers: { ...headers, [name]: '' }, body }),
      },
      {
        provider,
        lie: 'has a signature of noise',
        of: ({ headers, body }) => ({ headers: { ...headers, [name]: 'sha256=zz,t=1,v0=q' }, body }),
      },
      {
        provider,
        lie: 'has another body under a genuine signature',
        of: ({ headers, body }) => ({ headers, body: body.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)) }),
      },
      {
        provider,
        lie: 'has one blank more at its end',
        of: ({ headers, body }) => ({ headers, body: `${body} ` }),
      },
      {
        provider,
        lie: 'is signed with a secret that is not ours',
        of: ({ headers, body }, { now }) => sign(provider, { headers, body, now, secret: 'guessed-secret' }),
      },
    ];
  }),
  {
    provider: 'coinbase',
    lie: 'has a header changed that the signature covers',
    of: ({ headers, body }) => ({ headers: { ...headers, 'x-event-type': 'checkout.payment.failed' }, body }),
  },
  {
    provider: 'coinbase',
    lie: 'lacks a header that the signature covers',
    of: ({ headers, body }) => ({ headers: without(headers, 'x-event-id'), body }),
  },
  {
    provider: 'coinbase',
    lie: 'has a good v0 beside a bad v1',
    of: ({ headers, body }) => ({ headers: { ...headers, [signatureHeaders.coinbase]: spoilV1(headers) }, body }),
  },
  ...[-1, 1].map(
    (direction): Forgery => ({
      provider: 'coinbase',
      lie: direction < 0 ? 'was signed an hour ago' : 'is signed for an hour from now',
      of: ({ headers, body }, { now, environment }) =>
        sign('coinbase', {
          headers,
          body,
          now: now + direction * hour,
          secret: environment['COINBASE_WEBHOOK_SECRET'] ?? '',
        }),
    }),
  ),
  {
    provider: 'btcpay',
    lie: 'is about another store, though signed with our secret',
    of: ({ headers, body }, { now, environment }) => {
      const foreign = body.replace(environment['BTCPAY_STORE_ID'] ?? '', 'AnotherStoreOfTheSameServer');
      return sign('btcpay', { headers, body: foreign, now, secret: environment['BTCPAY_WEBHOOK_SECRET'] ?? '' });
    },
  },
];

export function sign(provider: CheckoutProvider, input: Delivery & { now: number; secret: string }): Delivery {
  const { body, secret } = input;
  const name = signatureHeaders[provider];
  const headers = without(input.headers, name);
  const time = Math.floor(input.now / 1_000);
  const signatures = {
    coinbase: () => hook0Signature({ secret, time, body, headers }),
    bitpay: () => webhookSignature(secret, body),
    btcpay: () => btcPaySignature(secret, body),
  };
  return { headers: { ...headers, [name]: signatures[provider]() }, body };
}

function spoilV1(headers: Record<string, string>): string {
  const signature = headers[signatureHeaders.coinbase] ?? '';
  return signature.replace(/v1=(.)/, (_whole, first: string) => `v1=${first === '0' ? '1' : '0'}`);
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}
