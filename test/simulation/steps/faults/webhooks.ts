// Webhooks of a provider that do not come, come twice, late or in another order.
import { day, hour, minute, second } from '#kernel/clock.ts';
import type { FaultSettings } from '#sandbox/providers/contract.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { drawLength, drawProviders, drawRate } from './draw.ts';

function webhookFault(
  what: string,
  { share, perDay, draw }: Pick<StepKind, 'share' | 'perDay'> & { draw(chance: Stream): Partial<FaultSettings> },
): StepKind {
  return {
    share,
    perDay,
    async act({ faults, providerFaults }, chance) {
      const providers = drawProviders(chance);
      const settings = draw(chance);
      await faults.during({
        what: `webhooks of ${providers.join(', ')} ${what}: ${JSON.stringify(settings)}`,
        ms: drawLength(chance, 10 * hour),
        begin() {
          const ends = providers.map((provider) => providerFaults.set(provider, settings));
          return () => ends.forEach((end) => void end());
        },
      });
    },
  };
}

export const lostWebhooks = webhookFault('get lost', {
  share: 0.4,
  perDay: 3,
  draw: (chance) => ({ dropWebhooks: drawRate(chance) }),
});

export const repeatedWebhooks = webhookFault('come several times', {
  share: 0.4,
  perDay: 3,
  draw: (chance) => ({ duplicateWebhooks: chance.between(1, 3), duplicateWebhooksRate: drawRate(chance) }),
});

export const lateWebhooks = webhookFault('come late', {
  share: 0.4,
  perDay: 3,
  draw: (chance) => ({
    delayWebhooksMs: chance.pick([40 * second, 10 * minute, 3 * hour, 2 * day]),
    delayWebhooksRate: drawRate(chance),
    delayWebhooksSpread: chance.pick([0, 0.5, 1]),
  }),
});

export const reorderedWebhooks = webhookFault('overtake each other', {
  share: 0.4,
  perDay: 3,
  draw: (chance) => ({ reorderWebhooks: true, reorderWebhooksRate: drawRate(chance) }),
});
