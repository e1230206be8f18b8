// Secrets that were changed on a provider's pages. The simulated provider signs with the first one; what leaves is signed anew with
// the secret that is in force.
import type { Milliseconds } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { ProviderSandboxCore } from '#sandbox/providers/options.ts';
import type { PostedWebhook, WebhookMessage } from '#sandbox/providers/post.ts';
import { simulators } from '#sandbox/providers/registry.ts';

export interface Signing {
  signWith(provider: ProviderName, secret: string): void;
  /** As it leaves for that address. */
  sign(url: string, webhook: PostedWebhook): WebhookMessage;
  /** The secrets with which a webhook has left since the first change, by its body before it was signed anew. */
  secretsOf(provider: ProviderName, body: string): ReadonlySet<string>;
}

interface InForce {
  readonly since: Milliseconds;
  readonly secret: string;
}

export function createSigning(deps: {
  sandbox: Pick<ProviderSandboxCore, 'environment' | 'record'>;
  now(): Milliseconds;
  /** Whether a webhook that comes late, or again, has the signature of when it was made; no provider says. */
  isSignedWhenMade: boolean;
}): Signing {
  const { sandbox, now } = deps;
  const secrets = new Map<ProviderName, readonly InForce[]>();
  const used = new Map<string, Set<string>>();
  const firstOf = (provider: ProviderName): string =>
    sandbox.environment[simulators[provider].signing.secretSetting] ?? '';

  function note(provider: ProviderName, webhook: { body: string; secret: string }): void {
    const key = `${provider} ${webhook.body}`;
    used.set(key, (used.get(key) ?? new Set()).add(webhook.secret));
  }

  /** BitPay signs with the token that made the invoice. */
  function momentOf(provider: ProviderName, { reference, announcedAtMs }: PostedWebhook): Milliseconds {
    if (provider === 'bitpay') return sandbox.record(provider, reference)?.createdAtMs ?? announcedAtMs;
    return deps.isSignedWhenMade ? announcedAtMs : now();
  }

  return {
    signWith(provider, secret) {
      secrets.set(provider, [...(secrets.get(provider) ?? []), { since: now(), secret }]);
    },
    sign(url, webhook) {
      const { headers, body } = webhook;
      const provider = providerNames.find((name) => new URL(url).pathname.startsWith(`/webhooks/${name}`));
      const known = provider && secrets.get(provider);
      if (provider === undefined || known === undefined) return webhook;
      const moment = momentOf(provider, webhook);
      const secret = known.findLast(({ since }) => since <= moment)?.secret ?? firstOf(provider);
      const { signing } = simulators[provider];
      const about = { nowMs: now(), headers, body };
      const first = signing.sign({ ...about, secret: firstOf(provider) });
      // What somebody made up is not signed.
      if (signing.header === null && !body.includes(first)) return webhook;
      note(provider, { body, secret });
      if (secret === firstOf(provider)) return webhook;
      if (signing.header === null) return { headers, body: body.replaceAll(first, signing.sign({ ...about, secret })) };
      const { [signing.header]: _replaced, ...others } = headers;
      return { headers: { ...others, [signing.header]: signing.sign({ ...about, secret, headers: others }) }, body };
    },
    secretsOf: (provider, body) => used.get(`${provider} ${body}`) ?? none,
  };
}

const none: ReadonlySet<string> = new Set();
