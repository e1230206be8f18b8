// An admin takes the phone: reads the newest cards, taps, writes, answers what is asked or forgets it, and puts it away.
import { minute, second } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { Chat } from '../../telegram/chats.ts';
import type { World } from '../../world/world.ts';
import { alertChat, buttonsOf, commandChat, follow, openChat, pickButton, tap } from './phone.ts';
import { drawAmount, drawCommand, drawReason } from './words.ts';

interface Session {
  readonly world: World;
  readonly chance: Stream;
  readonly userId: number;
  /** The message that the admin is at. */
  at: SandboxMessage | undefined;
}

type Deed = (session: Session) => Promise<void>;

/** What is done next, when nothing is asked. */
const deeds: readonly (readonly [Deed, weight: number])[] = [
  [goOn, 8],
  [readCard, 4],
  [command, 3],
  [oldCard, 1],
  [lostButton, 0.7],
];
/** As many messages as a phone shows without scrolling far. */
const visible = 5;
const scrolled = 60;
const colleagueShare = 0.15;
/** So late that a question may have expired. */
const lateShare = 0.08;

export const adminSession: StepKind = {
  share: 0.9,
  perDay: 4,
  async act(world, chance) {
    const { admins } = world.settings;
    const userId = admins[chance.int(admins.length)]?.id;
    if (userId === undefined) return;
    const session: Session = { world, chance, userId, at: undefined };
    for (const chat of chatsOf(session)) await openChat(world, userId, chat);
    const endsAt = world.now() + chance.between(1, 30) * minute;
    const deedsMax = chance.between(2, 10);
    for (let count = 0; count < deedsMax && world.now() < endsAt; count += 1) {
      await doNext(session);
      const isLate = chance.chance(lateShare);
      await world.wait(isLate ? chance.between(2, 15) * minute : chance.between(1_500, 20_000));
      if (session.at !== undefined) session.at = follow(world, session.at);
    }
  },
};

function doNext(session: Session): Promise<void> {
  const { chance, at } = session;
  const isAsked = at !== undefined && /next message|still waiting/.test(at.text);
  if (isAsked && chance.chance(0.8)) return answer(session, at);
  return chance.pickWeighted(deeds)(session);
}

function chatsOf({ world, userId }: Session): readonly [Chat, Chat] {
  return [alertChat(world, userId), commandChat(userId)];
}

/** Whoever has blocked the bot writes and taps nothing there. */
function isOpen({ world }: Session, chat: Chat): boolean {
  return !world.telegram.chats.isClosed(chat);
}

async function answer(session: Session, { text }: SandboxMessage): Promise<void> {
  const { world, chance, userId } = session;
  const words = /limit/i.test(text) ? drawAmount(chance) : drawReason(chance);
  const chat = commandChat(userId);
  if (isOpen(session, chat)) await world.telegram.people.write(userId, chat, words);
}

async function goOn(session: Session): Promise<void> {
  if (session.at === undefined || buttonsOf(session.at).length === 0) await readCard(session);
  else await tapOn(session, session.at);
}

async function readCard(session: Session): Promise<void> {
  await tapAmong(session, visible);
}

async function oldCard(session: Session): Promise<void> {
  await tapAmong(session, scrolled);
}

/** The newest ones first. */
async function tapAmong(session: Session, count: number): Promise<void> {
  const { world, chance } = session;
  const shown = world.telegram.chats.newest(chance.pick(chatsOf(session)), count);
  const cards = shown.filter((message) => buttonsOf(message).length > 0);
  const card = cards.at(-1 - chance.int(Math.max(1, cards.length)));
  if (card === undefined) await command(session);
  else await tapOn(session, card);
}

async function tapOn(session: Session, message: SandboxMessage): Promise<void> {
  const { world, chance, userId } = session;
  const button = pickButton(message, chance);
  if (button === undefined || !isOpen(session, message)) return;
  session.at = message;
  if (chance.chance(colleagueShare)) colleagueTaps(session, { message, text: button.text });
  await tap(world, chance, { userId, message, button });
}

/** Another admin has the same card before their eyes, and the same idea. */
function colleagueTaps({ world, chance, userId }: Session, tapped: { message: SandboxMessage; text: string }): void {
  const { message, text } = tapped;
  const others = world.settings.admins.filter(({ id }) => id !== userId);
  const other = others[chance.int(others.length)];
  const delayMs = chance.int(2 * second);
  if (other === undefined) return;
  const chat = { bot: message.bot, chatId: message.chatId < 0 ? message.chatId : other.id };
  void world.wait(delayMs).then(() => {
    const theirs = world.telegram.chats.newest(chat, visible).find((each) => each.text === message.text);
    const button = theirs && buttonsOf(theirs).find((each) => each.text === text);
    if (theirs === undefined || button === undefined || world.telegram.chats.isClosed(chat)) return;
    world.telegram.people.tap({ userId: other.id, message: theirs, button });
  });
}

/** The phone was offline, and shows a button that the message has lost. */
async function lostButton(session: Session): Promise<void> {
  const { world, chance, userId } = session;
  const { chats, people } = world.telegram;
  const chat = chance.pick(chatsOf(session));
  const found = chats.newest(chat, scrolled).filter((message) => chats.earlierButtons(message).length > 0);
  const message = found[chance.int(found.length)];
  if (message === undefined || !isOpen(session, chat)) return;
  const buttons = chats.earlierButtons(message);
  const button = buttons[chance.int(buttons.length)];
  session.at = message;
  if (button !== undefined) people.tap({ userId, message, button });
}

async function command(session: Session): Promise<void> {
  const { world, chance, userId } = session;
  const chat = commandChat(userId);
  const numbers = chatsOf(session).flatMap((each) =>
    world.telegram.chats.newest(each, visible).flatMap(({ text }) => text.match(/T-\d+/g) ?? []),
  );
  const number = numbers[chance.int(numbers.length)] ?? `T-${1_001 + chance.int(20)}`;
  const provider = providerNames[chance.int(providerNames.length)] ?? '';
  const words = drawCommand(chance, { number, provider });
  if (!isOpen(session, chat)) return;
  const written = await world.telegram.people.write(userId, chat, words);
  session.at = world.telegram.chats.message(chat, written.messageId);
}
