// Webhooks that were refused under a secret which the product did not know yet, or knew no more.
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { isFollowed } from './webhooks-kept.ts';

export const refusedBySecret: Invariant = {
  number: 4,
  promise: 'What was refused before its secret was known is taken in at the next start.',
  *atRest(look) {
    const { world } = look;
    if (world.restores.length > 0) return;
    for (const provider of providerNames) {
      // Its signatures hold for minutes, and are refused as too old or too new where the clock is wrong.
      if (provider === 'coinbase') continue;
      const known = secretsNow(look, provider);
      for (const delivery of world.providers.deliveries(provider)) {
        const { status, body, type, reference, eventId } = delivery;
        if (
          status !== 401 ||
          !isFollowed(delivery) ||
          !known.some((secret) => world.secretsOf(provider, body).has(secret))
        )
          continue;
        const query =
          'select count(*) from inbox_events where source = ? and event_type = ? and (reference = ? or detail = ?)';
        if (look.count(query, provider, type, reference, reference) === 0)
          yield `${provider} was answered 401 for ${type} ${eventId} of ${reference}, its secret is known now, and it is not stored`;
      }
    }
  },
};

function secretsNow({ world }: Look, provider: ProviderName): string[] {
  return (world.operator.environment[simulators[provider].signing.secretSetting] ?? '').split(',');
}
