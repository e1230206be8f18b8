// An API key is changed: first a second one is made, then the product gets it, then the first one is withdrawn. Somebody in a hurry
// withdraws it at once, and at Payhip, which has one key at a time, nobody can do otherwise.
import { hour, minute } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { createIds } from '#sandbox/providers/ids.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { type ApiKey, keySettings } from '../../world/api-keys.ts';
import type { World } from '../../world/world.ts';
import { claimSetting } from './claims.ts';
import { drawLength } from './draw.ts';

interface Change {
  readonly provider: ProviderName;
  readonly old: ApiKey;
  readonly next: ApiKey;
}

export const apiKeyChanged: StepKind = {
  share: 0.3,
  perDay: 1.5,
  async act(world, chance) {
    const { faults, wait } = world;
    const change = draw(world, chance);
    const { provider, next } = change;
    const isHasty = provider === 'payhip' || chance.chance(0.3);
    const ms = drawLength(chance, 3 * hour);
    const release = Object.values(change.old).includes('') ? undefined : claimSetting(world, provider);
    if (release === undefined) return;
    await faults.during({
      what: `the API key of ${provider} is changed${isHasty ? ', there first' : ''}`,
      ms,
      begin() {
        let isOver = false;
        if (isHasty) withdraw(world, change);
        else world.acceptKeys(provider, [next, change.old]);
        void wait(isHasty ? Math.min(ms / 2, 20 * minute) : 0).then(() => {
          if (!isOver) takeBoth(world, change);
        });
        return () => {
          isOver = true;
          withdraw(world, change);
          void world.operator.restart(next).then(release);
        };
      },
    });
  },
};

function draw({ operator }: World, chance: Stream): Change {
  const provider = chance.pick(providerNames);
  const made = simulators[provider].makeAccount(createIds((count) => chance.bytes(count))).environment;
  const pick = (from: Readonly<Record<string, string>>): ApiKey =>
    Object.fromEntries(keySettings[provider].map((name) => [name, from[name] ?? '']));
  return { provider, old: pick(operator.environment), next: pick(made) };
}

/** Only the new one is good there. */
function withdraw(world: World, { provider, next }: Change): void {
  world.acceptKeys(provider, [next]);
  signWith(world, { provider, next });
}

/** The product sends the new one; where the key also signs webhooks, it takes both for a while. */
function takeBoth(world: World, { provider, old, next }: Change): void {
  const [setting] = keySettings[provider];
  const isSigning = simulators[provider].signing.secretSetting === setting;
  const both = isSigning ? { [setting]: `${next[setting]},${old[setting]}` } : next;
  void world.operator.restart(both).then(() => signWith(world, { provider, next }));
}

/** Some keys sign webhooks, too. */
function signWith(world: World, { provider, next }: Pick<Change, 'provider' | 'next'>): void {
  const { secretSetting } = simulators[provider].signing;
  const secret = next[secretSetting];
  if (secret !== undefined) world.signWith(provider, secret);
}
