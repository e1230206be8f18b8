// A provider says something new of one payment: that payment is not understood, and nothing else suffers.
import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import type { ListedPayment } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { abilities, providersThat } from '#test/support/providers/abilities.ts';
import type { OddField } from './provider-case.ts';
import { openRefundShop, refundingNames } from './refund-shop.ts';
import { cases } from './registry.ts';
import { openShop, type Shop } from './shop.ts';

const rows = providersThat('canCreate', 'canFetch').flatMap((name) =>
  cases[name].oddities.map((oddity) => ({ name, ...oddity })),
);
const listing = rows.filter(({ name }) => abilities[name].canList);

describe.each(rows)('$name with $field $value', ({ name, ...oddity }) => {
  test('is an answer that is not understood, names the field, and says nothing against the provider', async () => {
    await using shop = await openShop(name, { policy: { breakerFailuresMax: 1 } });
    const { reference, options } = await paid(shop);
    say(shop, { name, oddity, about: reference });
    for (let count = 0; count < 3; count += 1) {
      await expect(shop.provider.fetchPayment(reference, options)).rejects.toMatchObject({
        name: 'ProviderNotUnderstood',
        what: expect.stringMatching(new RegExp(`^${oddity.field} `)),
      });
    }
    expect(shop.registry.health(name)).toMatchObject({ breaker: 'closed', lastError: null, failingSince: null });
    await expect(shop.provider.createPayment(shop.anOrder())).resolves.toMatchObject({ state: 'open' });
    shop.sandbox.reword(name, undefined);
    await expect(shop.provider.fetchPayment(reference, options)).resolves.toMatchObject({ state: 'confirmed' });
  });
});

describe.each(listing)('$name with $field $value', ({ name, ...oddity }) => {
  test('in a list hides no other payment, and can be told apart', async () => {
    await using shop = await openShop(name);
    const first = await shop.provider.createPayment(shop.anOrder());
    const odd = await paid(shop);
    const last = await shop.provider.createPayment(shop.anOrder());
    say(shop, { name, oddity, about: odd.reference });
    const listed = await listEverything(shop);
    const unread = listed.filter((entry) => 'unread' in entry);
    expect(unread).toEqual([
      {
        provider: name,
        reference: odd.reference,
        paymentId: oddity.hidesOurId ? null : odd.paymentId,
        createdAt: expect.any(Number),
        unread: expect.stringMatching(new RegExp(`^${oddity.field} `)),
      },
    ]);
    const read = listed.flatMap((entry) => ('unread' in entry ? [] : [entry.reference]));
    expect(read.toSorted()).toEqual([first.reference, last.reference].toSorted());
    await expect(shop.provider.probe()).resolves.toBeUndefined();
  });
});

test.each(providersThat('canCreate', 'canList'))(
  '%s: lists what is nothing at all as such, beside the rest',
  async (name) => {
    await using shop = await openShop(name);
    const { reference } = await shop.provider.createPayment(shop.anOrder());
    shop.sandbox.reword(name, (answer) => {
      for (const list of listsIn(answer)) list.push(null, 'words', {}, []);
    });
    const listed = await listEverything(shop);
    expect(listed).toMatchObject([
      { reference },
      ...Array.from({ length: 4 }, () => ({ reference: null, paymentId: null })),
    ]);
  },
);

test.each(providersThat('canCreate', 'canFindLostCreate'))(
  '%s: makes no second payment beside one of ours that is not understood',
  async (name) => {
    const [oddity] = cases[name].oddities;
    if (oddity === undefined) throw new Error('there is nothing odd');
    await using shop = await openShop(name, { policy: { attemptsMax: 1 } });
    const request = shop.anOrder();
    const { reference } = await shop.provider.createPayment(request);
    say(shop, { name, oddity, about: reference });
    const failure = { name: 'ProviderNotUnderstood' };
    await expect(shop.provider.findCreatedPayment(request)).rejects.toMatchObject(failure);
    await expect(shop.provider.createPayment(request)).rejects.toMatchObject(failure);
    expect(shop.records()).toHaveLength(1);
    // Another one is neither found in it nor hindered by it.
    const other = shop.anOrder();
    expect(await shop.provider.findCreatedPayment(other)).toBeUndefined();
    expect((await shop.provider.createPayment(other)).paymentId).toBe(other.paymentId);
  },
);

test.each(refundingNames.flatMap((name) => [{ of: 1 }, '-5.00', '1e99'].map((amount) => ({ name, amount }))))(
  '$name: shows no refund as missing while what it says of refunds is not understood: $amount',
  async ({ name, amount }) => {
    await using shop = await openRefundShop(name);
    const command = shop.aRefund();
    const made = await shop.refunds.requestRefund(command);
    const wasRead = await shop.refunds.findRefunds(shop.looking([command]));
    expect(wasRead).toHaveLength(1);
    shop.sandbox.reword(name, (answer) => spoilAmounts(answer, { reference: made.reference, amount }));
    await expect(shop.refunds.findRefunds(shop.looking([command], [made.reference]))).rejects.toMatchObject({
      name: 'ProviderNotUnderstood',
    });
    shop.sandbox.reword(name, undefined);
    expect(await shop.refunds.findRefunds(shop.looking([command]))).toEqual(wasRead);
  },
);

async function paid(shop: Shop) {
  const request = shop.anOrder();
  const { reference, paymentId } = await shop.provider.createPayment(request);
  await shop.visit(reference, 'pay');
  return { reference, paymentId, options: await shop.lookOptions(reference, request) };
}

/** The provider says the odd thing of that one payment, wherever it speaks of it. */
function say(shop: Shop, input: { name: PaymentProvider['name']; oddity: OddField; about: string }): void {
  const { name, oddity, about } = input;
  const spoil = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const isIt = cases[name].idsIn(value).includes(about) && Object.hasOwn(value, oddity.field);
    if (isIt) Reflect.set(value, oddity.field, oddity.value);
    for (const inner of Object.values(value)) spoil(inner);
  };
  shop.sandbox.reword(name, spoil);
}

function spoilAmounts(value: unknown, about: { reference: string; amount: unknown }): void {
  if (typeof value !== 'object' || value === null) return;
  const isIt = Reflect.get(value, 'id') === about.reference && Object.hasOwn(value, 'amount');
  if (isIt) Reflect.set(value, 'amount', about.amount);
  for (const inner of Object.values(value)) spoilAmounts(inner, about);
}

/** The list of an answer: the answer itself, or what stands in it. */
function listsIn(answer: unknown): unknown[][] {
  if (Array.isArray(answer)) return [answer];
  return Object.values(answer as object).filter((value) => Array.isArray(value));
}

async function listEverything({ provider, clock }: Shop): Promise<ListedPayment[]> {
  const window = { from: clock.now() - minute, to: clock.now() + minute };
  return (await Array.fromAsync(provider.listPayments(window))).flat();
}
