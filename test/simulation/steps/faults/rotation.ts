// A secret is changed: the product knows both for a while. Somebody in a hurry changes it on the other side first.
import { hour, minute } from '#kernel/clock.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { setWebhookUrl } from '../../world/providers-side.ts';
import type { World } from '../../world/world.ts';
import { claimSetting } from './claims.ts';
import { drawLength } from './draw.ts';

interface Rotation {
  readonly setting: string;
  /** Of whose settings it is, so that the two are not changed at the same time. */
  readonly owner: string;
  draw(chance: Stream): string;
  /** From now on the other side knows the new one; `old` as long as both are good there. */
  follow(world: World, secrets: { now: string; old?: string }): void;
  /** The other side may change first, and is refused until the product follows. */
  readonly bearsHaste: boolean;
}

const hex = (chance: Stream, bytes: number): string => Buffer.from(chance.bytes(bytes)).toString('hex');

const rotations: readonly [Rotation, ...Rotation[]] = [
  {
    setting: 'STORE_WEBHOOK_SECRET',
    owner: 'shop',
    draw: (chance) => `whsec_${Buffer.from(chance.bytes(24)).toString('base64')}`,
    follow({ shop }, { now, old }) {
      shop.secrets = old === undefined ? [now] : [now, old];
    },
    bearsHaste: false,
  },
  {
    setting: 'STORE_API_KEY',
    owner: 'shop',
    draw: (chance) => `key-of-the-shop-${hex(chance, 12)}`,
    follow({ shop }, { now }) {
      shop.apiKey = now;
    },
    bearsHaste: false,
  },
  {
    setting: 'TELEGRAM_WEBHOOK_SECRET',
    owner: 'Telegram',
    draw: (chance) => hex(chance, 20),
    // The product itself tells Telegram.
    follow: () => undefined,
    bearsHaste: false,
  },
  ...(['coinbase', 'btcpay', 'nowpayments'] as const).map(
    (provider): Rotation => ({
      setting: simulators[provider].signing.secretSetting,
      owner: provider,
      draw: (chance) => hex(chance, 24),
      follow: ({ signWith }, { now }) => signWith(provider, now),
      bearsHaste: true,
    }),
  ),
  {
    setting: 'PAYHIP_WEBHOOK_PATH_SECRET',
    owner: 'payhip',
    draw: (chance) => hex(chance, 24),
    follow: ({ providers }, { now }) => setWebhookUrl(providers, 'payhip', { PAYHIP_WEBHOOK_PATH_SECRET: now }),
    bearsHaste: true,
  },
];

export const secretRotated: StepKind = {
  share: 0.3,
  perDay: 2,
  async act(world, chance) {
    const { operator, faults, wait } = world;
    const { setting, owner, draw, follow, bearsHaste } = chance.pick(rotations);
    const old = operator.environment[setting] ?? '';
    const next = draw(chance);
    const isHasty = bearsHaste && chance.chance(0.3);
    const ms = drawLength(chance, hour);
    const release = old === '' ? undefined : claimSetting(world, owner);
    if (release === undefined) return;
    await faults.during({
      what: `${setting} is changed${isHasty ? ', elsewhere first' : ''}`,
      ms,
      begin() {
        let isOver = false;
        if (isHasty) follow(world, { now: next });
        else {
          const both = operator.restart({ [setting]: `${next},${old}` });
          void Promise.all([both, wait(Math.min(ms / 2, 20 * minute))]).then(() => {
            if (!isOver) follow(world, { now: next, old });
          });
        }
        return () => {
          isOver = true;
          follow(world, { now: next, old });
          void operator.restart({ [setting]: next }).then(() => {
            follow(world, { now: next });
            release();
          });
        };
      },
    });
  },
};
