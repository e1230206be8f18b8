// Whoever taps or writes hears something, whatever it is: silence is taken for a broken bot, and tapped again.
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { restGridMs } from '../../engine/rest.ts';
import { type Act, nameOf } from '../../telegram/acts.ts';
import { stranger } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import { createMemory } from '../memory.ts';

/** Telegram takes an answer to a tap for twice as long. */
const patienceMs: Milliseconds = 15 * second;
/** What was wrong so shortly before may hold the answer up; at rest a bot that was cut off looks every ten minutes whether it still is. */
const afterwardsMs: Milliseconds = 2 * minute;
const cutOffMs: Milliseconds = restGridMs + minute;

const memoryOf = createMemory(() => ({ seen: 0 }));

export const answers: Invariant = {
  number: 7,
  promise: 'Each tap of an admin is answered, and so is each message, while the product runs and Telegram works.',
  *always({ world }) {
    const memory = memoryOf(world);
    const { acts } = world.telegram;
    for (; memory.seen < acts.length; memory.seen += 1) {
      const act = acts[memory.seen];
      if (act === undefined || act.at > world.now() - patienceMs) return;
      if (isAnswered(act) || mayBeSilent(world, act)) continue;
      const { kind, text, chat, at } = act;
      yield `${kind} “${text.slice(0, 60)}” of ${act.userId} in @${chat.bot} ${chat.chatId} at ${new Date(at).toISOString()} is not answered`;
    }
  },
};

function isAnswered({ at, answeredAt }: Act): boolean {
  return answeredAt !== null && answeredAt - at <= patienceMs;
}

function mayBeSilent({ disturbances }: World, act: Act): boolean {
  const { userId, chat, kind, at, isIdle } = act;
  if (isIdle || userId === stranger.id) return true;
  // In a group nobody talks to the bot.
  if (kind !== 'tap' && chat.chatId < 0) return true;
  // Whoever has left the team is a stranger, and goes on all the same.
  const isOfTeam = (what: string): boolean => what.startsWith(`${nameOf(userId)} `) && what.endsWith(' the team');
  if (disturbances.between(0, at, isOfTeam) !== undefined) return true;
  const until = at + patienceMs;
  const wasCutOff = disturbances.between(at - cutOffMs, until, (what) => /Telegram|network/.test(what)) !== undefined;
  return wasCutOff || disturbances.between(at - afterwardsMs, until, (what) => isExcuse(what, act)) !== undefined;
}

/** The bot asks a provider before it answers. */
const asking = /^(?:check|new|yes|\/reconcile|\/pay)/i;
const providers = /^(?:coinbase|bitpay|btcpay|nowpayments|payhip)\b/;

/** What is wrong with others is none, nor what has not happened yet. */
const others = /^(?:webhooks of|the shop|the process is to end|[A-Z_]+ is changed)\b/;

function isExcuse(what: string, { text, chat: { bot, chatId } }: Act): boolean {
  if (providers.test(what.replace(/^the API key of /, ''))) return asking.test(text);
  const shutOut = /^@\w+ is shut out of chat -?\d+$/.test(what);
  return shutOut ? what === `@${bot} is shut out of chat ${chatId}` : !others.test(what);
}
