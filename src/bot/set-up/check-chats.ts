import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import type { SendOutcome } from '../telegram/telegram.ts';
import { bounded, type KnownBot, reasonOf } from './known-bot.ts';

/** More owners than these are not asked about. */
const ownersMax = 20;

/** Whether each owner has opened the chat with the bot. Where alerts go to owners alone, one at least has to. */
export async function checkOwners(
  bot: KnownBot,
  about: { ownerIds: readonly number[]; getsAlerts: boolean },
  signal: AbortSignal,
): Promise<SetUpCheck[]> {
  const owners = await Promise.all(
    about.ownerIds.slice(0, ownersMax).map(async (id) => ({ id, reach: await reach(bot, id, signal) })),
  );
  const isAnybodyThere = owners.some(({ reach: { kind } }) => kind === 'open');
  return owners.map(({ id, reach: found }) => {
    const name = bot.role === 'admin' ? `owner ${id}` : `alerts to ${id}`;
    if (found.kind === 'open') return okCheck(name, `${found.title} can be written to by @${bot.me.username}`);
    const finding = found.kind === 'closed' ? closedTo(bot, found.outcome) : unseen(found.outcome);
    const isLost = about.getsAlerts && !isAnybodyThere && found.kind === 'closed';
    return isLost ? errorCheck(name, finding) : warningCheck(name, finding);
  });
}

function closedTo(bot: KnownBot, outcome: SendOutcome): { detail: string; advice: string } {
  const username = `@${bot.me.username}`;
  const reason = reasonOf(outcome);
  if (/blocked by the user/i.test(reason)) {
    return { detail: `has blocked ${username}`, advice: `let them open ${username} and press Unblock` };
  }
  const advice = `let them open t.me/${bot.me.username} and press Start; or the id in OWNER_IDS is not theirs`;
  return { detail: `has not started ${username} (${reason})`, advice };
}

function unseen(outcome: SendOutcome): { detail: string; advice: string } {
  return { detail: `unknown: ${reasonOf(outcome)}`, advice: 'check again in a minute' };
}

/** Whether alerts can be written to the chat that ALERT_CHAT_ID names. */
export async function checkAlertChat(bot: KnownBot, chatId: number, signal: AbortSignal): Promise<SetUpCheck> {
  const name = 'alert chat';
  const found = await reach(bot, chatId, signal);
  if (found.kind === 'open') return okCheck(name, `${found.title} can be written to by @${bot.me.username}`);
  const { outcome } = found;
  if (outcome.kind === 'moved') {
    const advice = `set ALERT_CHAT_ID to ${outcome.toChatId}`;
    return errorCheck(name, { detail: `the group ${chatId} has become a supergroup with another id`, advice });
  }
  if (found.kind === 'unseen') return warningCheck(name, unseen(outcome));
  const isPrivate = chatId > 0;
  const advice = isPrivate
    ? `let them open t.me/${bot.me.username} and press Start, or set ALERT_CHAT_ID right`
    : `add @${bot.me.username} to the group and let it write there, or set ALERT_CHAT_ID right (a group's begins with -)`;
  return errorCheck(name, { detail: `${chatId} cannot be written to (${reasonOf(outcome)})`, advice });
}

type Reach =
  | { kind: 'open'; title: string }
  /** Telegram says that the bot cannot write there. */
  | { kind: 'closed'; outcome: SendOutcome }
  | { kind: 'unseen'; outcome: SendOutcome };

async function reach(bot: KnownBot, chatId: number, signal: AbortSignal): Promise<Reach> {
  const { api, me } = bot;
  try {
    const chat = await api.getChat(chatId, bounded(bot, signal));
    if (chat.type !== 'private') {
      const member = await api.getChatMember(chatId, me.id, bounded(bot, signal));
      const isMuted = member.status === 'restricted' && !member.can_send_messages;
      const isSilenced = member.status === 'member' && chat.permissions?.can_send_messages === false;
      const isOut = member.status === 'left' || member.status === 'kicked';
      if (isOut || isMuted || isSilenced) {
        return { kind: 'closed', outcome: { kind: 'blocked', reason: isOut ? 'not a member' : 'may not write' } };
      }
    }
    await api.sendChatAction(chatId, 'typing', {}, bounded(bot, signal));
    return { kind: 'open', title: chat.title ?? chat.first_name ?? String(chatId) };
  } catch (error) {
    const outcome = readGrammyError(error);
    const isSaid = outcome.kind === 'blocked' || outcome.kind === 'moved' || outcome.kind === 'refused';
    return { kind: isSaid ? 'closed' : 'unseen', outcome };
  }
}
