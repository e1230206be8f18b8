// Somebody who is no admin writes to the bots, and taps what admins tap. Nothing of it may do anything.
import { second } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { Chat } from '../../telegram/chats.ts';
import { adminBot, pagerBot, stranger } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { alertChat, buttonsOf } from './phone.ts';

export const strangerChat: StepKind = {
  share: 0.4,
  perDay: 1.5,
  async act(world, chance) {
    const deeds = chance.between(1, 4);
    for (let deed = 0; deed < deeds; deed += 1) {
      await (chance.chance(0.5) ? write(world, chance) : meddle(world, chance));
      await world.wait(chance.between(second, 40 * second));
    }
  },
};

async function write(world: World, chance: Stream): Promise<void> {
  const chat: Chat = { bot: chance.pick([adminBot, pagerBot]), chatId: stranger.id };
  const words = chance.pick(['/start', '/orders', '/pay 1 USD', '/refund T-1001', 'T-1001', 'hello', '/start T-1001']);
  await world.telegram.people.write(stranger.id, chat, words);
}

/** Taps a card of the group, or sends the data of an admin's button from a chat of their own. */
async function meddle(world: World, chance: Stream): Promise<void> {
  const { chats, people } = world.telegram;
  const victim = world.settings.admins[0];
  if (victim === undefined) return;
  const cards = alertChat(world, victim.id);
  const seen = chats.newest(chance.chance(0.5) ? cards : { bot: adminBot, chatId: victim.id }, 10);
  const found = seen.flatMap((message) => buttonsOf(message).map((button) => ({ message, button })));
  const target = found[chance.int(found.length)];
  if (target === undefined) return;
  const message = target.message.chatId < 0 ? target.message : ownMessage(world, chance);
  if (message !== undefined) people.tap({ userId: stranger.id, message, button: target.button });
}

function ownMessage(world: World, chance: Stream): SandboxMessage | undefined {
  return world.telegram.chats.newest({ bot: chance.pick([adminBot, pagerBot]), chatId: stranger.id }, 1)[0];
}
