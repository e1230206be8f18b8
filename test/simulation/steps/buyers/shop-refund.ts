// The shop's site refunds orders over the store API, under idempotency keys, and repeats what was not answered.
import { minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type FaultKind, lateFaultKinds } from '#sandbox/providers/contract.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { drawSome } from '../faults/draw.ts';
import { settleRefunds } from './dashboard.ts';

interface Shown {
  id: string;
  status: string;
  amount: string;
  currency: string;
  payments: { id: string; provider: ProviderName; provider_reference: string | null }[];
}

export const shopRefund: StepKind = {
  share: 0.7,
  perDay: 5,
  async act(world, chance) {
    const order = await pickOrder(world, chance);
    if (order === undefined) return;
    if (chance.chance(0.6)) void loseAnswers(world, chance, order);
    const name = chance.int(2 ** 31);
    const times = chance.pickWeighted([[1, 5] as const, [2, 2] as const, [3, 1] as const]);
    for (let turn = 0; turn < times; turn += 1) {
      const request = { ...draw(chance, order), key: `refund-${name}-${turn}` };
      await Promise.all([
        world.shop.call(request),
        ...(chance.chance(0.2) ? [world.wait(chance.int(3_000)).then(() => world.shop.call(request))] : []),
      ]);
      if (chance.chance(0.2)) {
        await world.wait(chance.between(1, 30) * minute);
        await world.shop.call(request);
      }
    }
    for (const { provider, provider_reference: reference } of order.payments) {
      if (reference !== null) await settleRefunds(world, chance, { provider, reference });
    }
  },
};

/** Its providers carry out what they never answer, at once or after a while, or do not. */
async function loseAnswers({ faults, providerFaults }: World, chance: Stream, { payments }: Shown): Promise<void> {
  const failKinds = chance.chance(0.4)
    ? lateFaultKinds
    : drawSome<FaultKind>(chance, ['timeout_after', 'reset_after', 'timeout_before']);
  const lateMs = chance.pick([20 * second, 2 * minute, 5 * minute]);
  const settings = { failRate: chance.pick([0.4, 0.8]), failKinds, lateMs };
  const providers = [...new Set(payments.map(({ provider }) => provider))];
  await faults.during({
    what: `${providers.join(', ')} loses answers: ${JSON.stringify(settings)}`,
    ms: chance.between(1, 20) * minute,
    begin() {
      const ends = providers.map((provider) => providerFaults.set(provider, settings));
      return () => ends.forEach((end) => void end());
    },
  });
}

function draw(chance: Stream, { id, amount, currency, payments }: Shown) {
  const share = chance.pick([0.1, 0.34, 0.5, 1, 1.2] as const);
  const digits = amount.split('.')[1]?.length ?? 0;
  const part =
    currency === 'JPY'
      ? String(Math.max(1, Math.floor(Number(amount) * share)))
      : (Number(amount) * share).toFixed(digits);
  const payment = chance.chance(0.3) ? payments[chance.int(payments.length)] : undefined;
  return {
    method: 'POST',
    path: `/v1/orders/${id}/refunds`,
    body: {
      reason: 'Bought by mistake',
      ...(chance.chance(0.4) ? {} : { amount: part }),
      ...(payment !== undefined && { payment_id: payment.id }),
    },
  };
}

/** Mostly one of which the shop was told that it is paid. */
async function pickOrder(world: World, chance: Stream): Promise<Shown | undefined> {
  const told = world.shop.heard.filter(({ type }) => chance.chance(0.1) || type === 'order.paid');
  const id = told[chance.int(told.length)]?.order.id;
  if (id === undefined) return undefined;
  const answer = await world.shop.call({ method: 'GET', path: `/v1/orders/${id}` });
  return answer?.status === 200 ? (JSON.parse(answer.text) as Shown) : undefined;
}
