// A buyer: the shop's site places an order, and the buyer pays it in one of the ways in which people pay.
import { hour, minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { VisitRefused } from '#sandbox/providers/contract.ts';
import type { Stream } from '../engine/random.ts';
import type { StepKind } from '../plan/step-kind.ts';
import type { World } from '../world/world.ts';

/** What a buyer does at the checkout: each action after a wait, in milliseconds. */
type Habit = readonly (readonly [waitMs: number, action: VisitAction])[];

const habits: readonly (readonly [Habit, weight: number])[] = [
  [[[40 * second, 'pay']], 10],
  [
    [
      [30 * second, 'pay_unconfirmed'],
      [5 * minute, 'confirm'],
    ],
    4,
  ],
  [
    [
      [30 * second, 'pay_unconfirmed'],
      [5 * minute, 'confirm'],
      [2 * minute, 'complete'],
    ],
    3,
  ],
  [[[minute, 'underpay']], 2],
  [
    [
      [minute, 'underpay'],
      [4 * minute, 'pay_again'],
    ],
    1,
  ],
  [[[minute, 'overpay']], 2],
  [
    [
      [minute, 'pay'],
      [10 * minute, 'pay_again'],
    ],
    1,
  ],
  [[[2 * hour, 'pay_late']], 2],
  [
    [
      [minute, 'pay_unconfirmed'],
      [3 * minute, 'double_spend'],
    ],
    1,
  ],
  [
    [
      [minute, 'pay_unconfirmed'],
      [3 * minute, 'invalidate'],
    ],
    1,
  ],
  [
    [
      [minute, 'pay'],
      [hour, 'take_back'],
    ],
    1,
  ],
  [[[minute, 'fail']], 1],
  [[], 3],
];

const amounts = ['0.50', '1.00', '9.99', '24.00', '49.00', '89.10', '250.00', '1999.95'] as const;
const currencies: readonly (readonly [string, number])[] = [
  ['USD', 10],
  ['EUR', 4],
  ['JPY', 1],
  ['KWD', 1],
];
const choices: readonly (readonly ['auto' | ProviderName, number])[] = [
  ['auto', 3],
  ['coinbase', 3],
  ['bitpay', 3],
  ['btcpay', 3],
  ['nowpayments', 3],
];

interface PlacedOrder {
  id: string;
  payment: { provider: ProviderName; provider_reference: string | null } | null;
}

export const buyer: StepKind = {
  share: 1,
  perDay: 10,
  async act(world, chance) {
    const currency = chance.pickWeighted(currencies);
    const drawn = chance.pick(amounts);
    const amount = currency === 'JPY' ? (drawn.split('.')[0] ?? drawn) : drawn;
    const name = `${chance.int(2 ** 31)}`;
    const answer = await world.shop.call({
      method: 'POST',
      path: '/v1/orders',
      key: `key-${name}`,
      body: {
        items: [{ name: 'License', quantity: 1, unit_amount: amount === '0' ? '1' : amount }],
        currency,
        provider: chance.pickWeighted(choices),
        customer: { email: `buyer-${name}@example.org` },
      },
    });
    if (answer === null || answer.status !== 201) return;
    const { payment } = JSON.parse(answer.text) as PlacedOrder;
    if (payment === null || payment.provider_reference === null) return;
    const at = { provider: payment.provider, reference: payment.provider_reference };
    for (const [waitMs, action] of chance.pickWeighted(habits)) {
      await world.wait(waitMs * (0.5 + chance.next()));
      visit(world, chance, { ...at, action });
    }
  },
};

function visit(
  world: World,
  chance: Stream,
  input: { provider: ProviderName; reference: string; action: VisitAction },
): void {
  const fraction = input.action === 'underpay' ? chance.pick(['0.1', '0.5', '0.97', '0.995'] as const) : undefined;
  world.stir();
  world.providers.visit({ ...input, fraction }).then(
    () => world.journal.note('buyer', `${input.action} at ${input.provider} ${input.reference}`),
    (error: unknown) => {
      // A checkout that does not know the action, or not in its state: the buyer sees no such button.
      if (!(error instanceof VisitRefused)) throw error;
    },
  );
}
