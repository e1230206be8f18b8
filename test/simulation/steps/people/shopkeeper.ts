// An admin writes the sales channel's products into the catalogue, and sets what is held for review.
import { second } from '#kernel/clock.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { payhipSeller } from '../../world/payhip-seller.ts';
import type { World } from '../../world/world.ts';
import { buttonsOf, commandChat, follow, openChat, tap } from './phone.ts';
import { drawAmount } from './words.ts';

export const shopkeeper: StepKind = {
  share: 0.7,
  perDay: 0.5,
  async act(world, chance) {
    const userId = world.settings.admins[0]?.id;
    if (userId === undefined) return;
    await openChat(world, userId, commandChat(userId));
    const { products } = payhipSeller(world.providers);
    for (const { key, name, cents, currency, hasLicenses, secret } of products) {
      const sku = key.toUpperCase();
      const verb = chance.chance(0.8) ? 'add' : 'change';
      const price = `${(cents / 100).toFixed(2)} ${currency}`;
      await say(world, chance, {
        userId,
        words: `/products ${verb} ${sku} ${price} payhip=${key} ${name}`,
        taps: /^Yes/,
      });
      if (!hasLicenses || chance.chance(0.3)) continue;
      await say(world, chance, { userId, words: `/products ${sku}`, taps: /secret/ });
      await say(world, chance, { userId, words: chance.chance(0.8) ? secret : 'two words', taps: undefined });
    }
    if (chance.chance(0.5)) return;
    await say(world, chance, { userId, words: '/settings', taps: /USD|currency/ });
    await say(world, chance, { userId, words: drawAmount(chance), taps: /^Yes/ });
  },
};

/** Writes, and taps the button of the answer that says so. */
async function say(
  world: World,
  chance: Stream,
  input: { userId: number; words: string; taps: RegExp | undefined },
): Promise<void> {
  const { userId, words, taps } = input;
  const { chats, people } = world.telegram;
  const chat = commandChat(userId);
  if (chats.isClosed(chat)) return;
  const { messageId } = await people.write(userId, chat, words);
  const written = chats.message(chat, messageId);
  await world.wait(chance.between(2_000, 8_000));
  const message = written && follow(world, written);
  const button = message && taps && buttonsOf(message).find(({ text }) => taps.test(text));
  if (message === undefined || button === undefined) return;
  await tap(world, chance, { userId, message, button });
  await world.wait(chance.between(2_000, 5 * second));
}
