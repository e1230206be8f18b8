// A customer for whom the first link does not do, and an admin who helps: makes another link, or cancels the order. What the
// customer pays then is any of the links, all of them, or none.
import { minute, second } from '#kernel/clock.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { World } from '../../world/world.ts';
import { buttonsOf, commandChat, follow, openChat } from '../people/phone.ts';
import { type ProviderChoice, paymentsOf, placeOrder, type ShownOrder, type ShownPayment } from './buyer.ts';
import { findCheckout, visit } from './checkout.ts';

/** Mostly those that take money for a link whose time is over. */
const choices: readonly ProviderChoice[] = [
  ['auto', 1],
  ['coinbase', 1],
  ['bitpay', 1],
  ['btcpay', 4],
  ['nowpayments', 4],
];

export const helpedBuyer: StepKind = {
  share: 0.7,
  perDay: 6,
  async act(world, chance) {
    const order = await placeOrder(world, chance, choices);
    if (order === undefined) return;
    const isGivenUp = chance.chance(0.2);
    for (let links = isGivenUp ? chance.int(2) : chance.between(1, 3); links > 0; links -= 1) {
      const newest = (await paymentsOf(world, order.id)).at(-1);
      if (newest !== undefined) await act(world, newest, { chance, actions: chance.pickWeighted(mishaps) });
      await world.wait(chance.between(1, 6) * minute);
      await help(world, chance, { order, taps: [/^New payment link$/] });
      if (chance.chance(0.2)) await order.repeat();
    }
    if (isGivenUp) await giveUp(world, chance, order);
    await payLinks(world, chance, order);
    if (chance.chance(0.3)) await help(world, chance, { order, taps: chance.pick(afterwards) });
  },
};

/** The admin who is asked whether the order is to be cancelled takes so long that it may be paid meanwhile. */
async function giveUp(world: World, chance: Stream, order: ShownOrder): Promise<void> {
  const helping = help(world, chance, { order, taps: [/^Cancel order$/, /^Yes/] });
  if (chance.chance(0.5)) {
    await world.wait(chance.between(6, 16) * second);
    const newest = (await paymentsOf(world, order.id)).at(-1);
    if (newest !== undefined) await act(world, newest, { chance, actions: ['pay'] });
  }
  await helping;
}

/** What an admin does with an order that was paid, or that was not. */
const afterwards: readonly [readonly RegExp[], ...(readonly RegExp[])[]] = [
  [/^Mark delivered$/, /^Yes/],
  [/^Refund$/, /^Yes/],
  [/^Cancel order$/, /^Yes/],
];

/** Why a customer asks for another link. */
const mishaps: readonly (readonly [readonly VisitAction[], weight: number])[] = [
  [['expire'], 6],
  [['fail'], 2],
  [['underpay'], 4],
  [[], 1],
];

/** A page offers one of them, as a rule. */
const payments: readonly (readonly [readonly VisitAction[], weight: number])[] = [
  [['pay', 'pay_late', 'pay_again'], 8],
  [['pay_unconfirmed'], 1],
  [['underpay'], 1],
  [[], 2],
];

/** Newest first, or as the mails came. */
async function payLinks(world: World, chance: Stream, { id }: ShownOrder): Promise<void> {
  const links = await paymentsOf(world, id);
  for (const link of chance.chance(0.6) ? links.reverse() : links) {
    await world.wait(chance.between(20, 600) * second);
    await act(world, link, { chance, actions: chance.pickWeighted(payments) });
  }
}

async function act(
  world: World,
  { provider, checkout_url: url }: ShownPayment,
  { chance, actions }: { chance: Stream; actions: readonly VisitAction[] },
): Promise<void> {
  const reference = url === null ? undefined : findCheckout(world, { provider, url })?.reference;
  if (reference === undefined) return;
  for (const action of actions) await visit(world, chance, { provider, reference, action });
}

/** An admin looks the order up and taps these buttons, one after the other, as far as they are there. */
async function help(
  world: World,
  chance: Stream,
  { order, taps }: { order: ShownOrder; taps: readonly RegExp[] },
): Promise<void> {
  const { admins } = world.settings;
  const userId = admins[chance.int(admins.length)]?.id;
  if (userId === undefined) return;
  const { chats, people } = world.telegram;
  const chat = commandChat(userId);
  await openChat(world, userId, chat);
  if (chats.isClosed(chat)) return;
  const { messageId } = await people.write(userId, chat, `/order ${order.number}`);
  let at: SandboxMessage | undefined = chats.message(chat, messageId);
  for (const words of taps) {
    await world.wait(chance.between(3, 12) * second);
    at = at && follow(world, at);
    const button = at && buttonsOf(at).find(({ text }) => words.test(text));
    if (at === undefined || button === undefined || chats.isClosed(chat)) return;
    people.tap({ userId, message: at, button });
    // Whoever is impatient confirms twice.
    if (words.test('Yes') && chance.chance(0.3)) {
      await world.wait(chance.int(2 * second));
      people.tap({ userId, message: at, button });
    }
  }
  await world.wait(chance.between(5, 30) * second);
}
