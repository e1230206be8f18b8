// Deliveries as somebody would send them who must not be believed. Each is a genuine one with a single lie in it.
import type { ProviderName } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import type { Lie } from '#test/contract/providers/provider-case.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { providersThat } from './abilities.ts';
import { sign, withSignature } from './sign-webhook.ts';

export interface Forgery extends Lie {
  provider: ProviderName;
}

export const forgeries: readonly Forgery[] = providersThat('canCreate', 'canFetch').flatMap((provider) =>
  [...liesOf(provider), ...cases[provider].lies].map((lie) => ({ provider, ...lie })),
);

function liesOf(provider: ProviderName): Lie[] {
  const { covers } = simulators[provider].signing;
  const blank: Lie = {
    lie: 'has one blank more at its end',
    of: ({ headers, body }) => ({ headers, body: `${body} ` }),
  };
  return [
    { lie: 'has no signature', of: (genuine) => withSignature(provider, genuine, undefined) },
    { lie: 'has an empty signature', of: (genuine) => withSignature(provider, genuine, '') },
    {
      lie: 'has a signature of noise',
      of: (genuine) => withSignature(provider, genuine, 'sha256=zz,t=1,v0=q'),
    },
    {
      lie: 'has another body under a genuine signature',
      of: ({ headers, body }) => ({
        headers,
        body: body.replace(/\d/, (digit) => (digit === '9' ? '8' : `${Number(digit) + 1}`)),
      }),
    },
    ...(covers === 'bytes' ? [blank] : []),
    {
      lie: 'is signed with a secret that is not ours',
      of: ({ headers, body }, { now }) => sign(provider, { headers, body, now, secret: 'guessed-secret' }),
    },
  ];
}
