// Whoever taps or writes hears something, whatever it is: silence is taken for a broken bot, and tapped again.
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import { type Act, nameOf } from '../../telegram/acts.ts';
import type { Chat } from '../../telegram/chats.ts';
import { stranger } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import { createMemory } from '../memory.ts';

/** Telegram takes an answer to a tap for twice as long. */
const patienceMs: Milliseconds = 15 * second;
/** What was wrong so shortly before may hold the answer up. */
const afterwardsMs: Milliseconds = 2 * minute;
/** Several calls one after the other, each until its deadline; whoever asks again and again waits for all of it. */
const askingMaxMs: Milliseconds = minute;
/** A bot that was cut off looks now and then whether it still is, and needs no longer after that. */
const cutOffMs: Milliseconds = minute;

const memoryOf = createMemory(() => ({
  seen: 0,
  /** Until when the bot may be at what each admin has asked providers about. */
  askingUntil: new Map<string, Milliseconds>(),
}));

export const answers: Invariant = {
  number: 7,
  promise: 'Each tap of an admin is answered, and so is each message, while the product runs and Telegram works.',
  *always({ world }) {
    const memory = memoryOf(world);
    const { acts } = world.telegram;
    for (; memory.seen < acts.length; memory.seen += 1) {
      const act = acts[memory.seen];
      if (act === undefined || act.at > world.now() - patienceMs) return;
      const busyUntil = memory.askingUntil.get(turnOf(act)) ?? 0;
      if (isAsking(act)) memory.askingUntil.set(turnOf(act), Math.max(busyUntil, act.at) + askingMaxMs);
      if (isAnswered(act) || mayBeSilent(world, act, isAsking(act) || busyUntil >= act.at)) continue;
      const { kind, text, chat, at } = act;
      yield `${kind} “${text.slice(0, 60)}” of ${act.userId} in @${chat.bot} ${chat.chatId} at ${new Date(at).toISOString()} is not answered`;
    }
  },
};

function isAnswered({ at, answeredAt }: Act): boolean {
  return answeredAt !== null && answeredAt - at <= patienceMs;
}

function mayBeSilent(world: World, act: Act, waitsForProvider: boolean): boolean {
  const { disturbances } = world;
  const { userId, chat, kind, at, isIdle } = act;
  if (isIdle || userId === stranger.id) return true;
  // In a group nobody talks to the bot.
  if (kind !== 'tap' && chat.chatId < 0) return true;
  // Whoever has left the team is a stranger, and goes on all the same.
  const isOfTeam = (what: string): boolean => what.startsWith(`${nameOf(userId)} `) && what.endsWith(' the team');
  if (disturbances.between(0, at, isOfTeam) !== undefined) return true;
  const until = at + patienceMs;
  const cutsOff = (what: string, wrongUntil: Milliseconds): boolean =>
    /Telegram|network/.test(what) && world.idleUntil(wrongUntil, cutOffMs) + cutOffMs >= at;
  const wasCutOff = disturbances.between(at - restGridMs - cutOffMs, until, cutsOff) !== undefined;
  const isMine = (what: string): boolean => isExcuse(what, { chat, waitsForProvider });
  return wasCutOff || disturbances.between(at - afterwardsMs, until, isMine) !== undefined;
}

/** The bot asks a provider before it answers, and whatever the same admin does meanwhile waits for its turn. */
function isAsking({ text }: Act): boolean {
  return /^(?:check|new|yes|\/reconcile|\/pay|\/coupons)/i.test(text);
}

function turnOf({ chat, userId }: Act): string {
  return `${chat.bot} ${userId}`;
}

const providers = /^(?:coinbase|bitpay|btcpay|nowpayments|payhip)\b/;

/** What is wrong with others is none, nor what has not happened yet. */
const others = /^(?:webhooks of|the shop|the process is to end|[A-Z_]+ is changed)\b/;

function isExcuse(what: string, about: { chat: Chat; waitsForProvider: boolean }): boolean {
  const { bot, chatId } = about.chat;
  if (providers.test(what.replace(/^the API key of /, ''))) return about.waitsForProvider;
  const shutOut = /^@\w+ is shut out of chat -?\d+$/.test(what);
  return shutOut ? what === `@${bot} is shut out of chat ${chatId}` : !others.test(what);
}
