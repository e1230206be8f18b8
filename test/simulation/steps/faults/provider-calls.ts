// Calls of a provider's API that fail, that are executed without an answer, or later than anybody waits.
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type FaultSettings, faultKinds, lateFaultKinds } from '#sandbox/providers/contract.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { drawLength, drawProviders, drawRate, drawSome } from './draw.ts';

function callFault(
  what: string,
  {
    share,
    perDay,
    hours,
    draw,
  }: Pick<StepKind, 'share' | 'perDay'> & { hours: number; draw(chance: Stream): Partial<FaultSettings> },
): StepKind {
  return {
    share,
    perDay,
    async act({ faults, providerFaults }, chance) {
      const providers = drawProviders(chance);
      const settings = draw(chance);
      await faults.during({
        what: `${providers.join(', ')} ${what}: ${JSON.stringify(settings)}`,
        ms: drawLength(chance, hours * hour),
        begin() {
          const ends = providers.map((provider) => providerFaults.set(provider, within(provider, settings)));
          return () => ends.forEach((end) => void end());
        },
      });
    },
  };
}

/** Some of them make no sense. */
const retryAfterSeconds = [0, 1, 5, 120, 3_600, 864_000, -1, 2 ** 40] as const;

export const failingCalls = callFault('fails', {
  share: 0.5,
  perDay: 4,
  hours: 5,
  draw: (chance) => ({
    failRate: drawRate(chance),
    failKinds: drawSome(chance, faultKinds),
    retryAfterSeconds: chance.pick(retryAfterSeconds),
  }),
});

/** Longer than the product waits before it repeats a command that does not show. */
const lateMaxMs: Milliseconds = 8 * minute;

/** No client outwits a provider that is so late and knows no keys, and Coinbase may not: how it does with refunds is not documented. */
function within(provider: ProviderName, settings: Partial<FaultSettings>): Partial<FaultSettings> {
  const { lateMs } = settings;
  return provider === 'coinbase' && lateMs !== undefined
    ? { ...settings, lateMs: Math.min(lateMs, lateMaxMs) }
    : settings;
}

/** Kept apart from the others, since only a provider that knows idempotency keys does no harm by it. */
export const lateCalls = callFault('executes late', {
  share: 0.25,
  perDay: 2,
  hours: 2,
  draw: (chance) => ({
    failRate: drawRate(chance),
    failKinds: lateFaultKinds,
    lateMs: chance.pick([20 * second, 2 * minute, 30 * minute]),
  }),
});

/** From then on. */
export const forgottenKeys: StepKind = {
  share: 0.4,
  perDay: 0.1,
  act({ providers, journal }) {
    providers.setDial('coinbase', 'refundKeys', 'forgotten');
    journal.note('fault', 'coinbase forgets the keys of refunds');
  },
};

export const outage = callFault('is away', { share: 0.5, perDay: 2, hours: 6, draw: () => ({ outage: true }) });

export const refusal = callFault('refuses us', {
  share: 0.25,
  perDay: 2,
  hours: 4,
  draw: (chance) => ({ refuseWith: chance.pick([401, 403, 404, 410]) }),
});
