// Whoever keeps the books: looks at closed days, takes files out, and compares the sales channel's own export.
import { day, minute, second } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import { payhipSeller } from '../../world/payhip-seller.ts';
import type { World } from '../../world/world.ts';
import { buttonsOf, commandChat, follow, openChat, pickButton, tap } from './phone.ts';

export const bookkeeper: StepKind = {
  share: 0.6,
  perDay: 1.5,
  async act(world, chance) {
    const { admins } = world.settings;
    const userId = admins[chance.int(admins.length)]?.id;
    if (userId === undefined) return;
    await openChat(world, userId, commandChat(userId));
    const tasks = chance.between(1, 3);
    for (let task = 0; task < tasks; task += 1) {
      await (chance.chance(0.4) ? importSales(world, chance, userId) : askBooks(world, chance, userId));
      await world.wait(chance.between(5 * second, minute));
    }
  },
};

async function askBooks(world: World, chance: Stream, userId: number): Promise<void> {
  const today = dayBefore(world, 0);
  const words = chance.pick([
    '/books',
    `/books ${dayBefore(world, 1)}`,
    `/books ${today}`,
    '/books 2031-01-01',
    '/export',
    '/export 7d',
    `/export ${dayBefore(world, 2)} ${today}`,
    `/export ${today} ${dayBefore(world, 2)}`,
    '/export 400d',
    '/stats 30d',
  ]);
  await ask(world, chance, { userId, begin: (chat) => world.telegram.people.write(userId, chat, words) });
}

/** The whole export; now and then the wrong file. */
async function importSales(world: World, chance: Stream, userId: number): Promise<void> {
  const csv = exportCsv(payhipSeller(world.providers).sales.values());
  const file = chance.pickWeighted([
    [{ name: 'payhip-sales.csv', text: csv }, 6],
    [{ name: 'payhip-sales.csv', text: csv.slice(0, Math.floor(csv.length * 0.8)) }, 1],
    [{ name: 'customers.csv', text: 'name;mail\nAnn;ann@example.org\n' }, 1],
    [{ name: 'photo.jpg', text: 'not a table' }, 1],
    [{ name: 'empty.csv', text: '\n' }, 1],
  ]);
  const bytes = Buffer.from(file.text);
  await ask(world, chance, {
    userId,
    begin: (chat) => world.telegram.people.drop(userId, chat, { name: file.name, bytes }),
  });
}

/** Asks, reads the answer, and taps a few of its buttons. */
async function ask(
  world: World,
  chance: Stream,
  input: { userId: number; begin(chat: ReturnType<typeof commandChat>): Promise<{ messageId: number }> },
): Promise<void> {
  const { userId, begin } = input;
  const { chats } = world.telegram;
  const chat = commandChat(userId);
  if (chats.isClosed(chat)) return;
  const { messageId } = await begin(chat);
  let at: SandboxMessage | undefined = chats.message(chat, messageId);
  for (let taps = chance.int(4); taps > 0; taps -= 1) {
    await world.wait(chance.between(2_000, 15_000));
    at = at && follow(world, at);
    const button = at !== undefined && buttonsOf(at).length > 0 ? pickButton(at, chance) : undefined;
    if (at === undefined || button === undefined || chats.isClosed(chat)) return;
    await tap(world, chance, { userId, message: at, button });
  }
}

function dayBefore(world: World, days: number): string {
  return new Date(world.now() - days * day).toISOString().slice(0, 10);
}
