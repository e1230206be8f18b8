// What can go wrong with Telegram and with its chats. All of it ends by `reset`, but for a group's new id.
import type { Failures, Fault } from '#sandbox/telegram/faults.ts';
import type { OutageKind } from '#sandbox/telegram/outage.ts';
import type { TelegramSandboxCore } from '#sandbox/telegram/sandbox.ts';
import { admins, stranger } from '../world/settings.ts';
import type { Chat, ChatStates, Chats } from './chats.ts';

export interface TelegramTroubles {
  setOutage(kind: OutageKind): void;
  /** Calls that fail by chance, polls among them; `{ rate: 0 }` ends it. */
  setFailures(failures: Failures): void;
  /** The next calls that fit; a `flood` of one chat with its `chatId`, a refusal in Telegram's words. */
  failNext(fault: Fault): void;
  /** An admin blocks the bot or unblocks it; in a group, somebody removes it or adds it again. */
  close(chat: Chat): Promise<void>;
  reopen(chat: Chat): Promise<void>;
  /** The group becomes a supergroup, once; there must be one. */
  upgradeGroup(): Promise<void>;
  reset(): void;
}

export function createTroubles(deps: {
  sandbox: TelegramSandboxCore;
  chats: Chats;
  states: ChatStates;
  stir(): void;
}): TelegramTroubles {
  const { sandbox, chats, states, stir } = deps;
  const closed = new Map<string, Chat>();
  const keyOf = ({ bot, chatId }: Chat): string => (chatId < 0 ? `${bot} group` : `${bot} ${chatId}`);

  const troubles: TelegramTroubles = {
    setOutage: (kind) => sandbox.setOutage(kind),
    setFailures: (failures) => sandbox.setFailures(failures),
    failNext: (fault) => sandbox.failNext(fault),
    async close(chat) {
      stir();
      closed.set(keyOf(chat), chat);
      states.setClosed(chat, true);
      await (chat.chatId < 0 ? sandbox.removeBot(memberOf(chat)) : sandbox.block(ownerOf(chat)));
    },
    async reopen(chat) {
      stir();
      closed.delete(keyOf(chat));
      states.setClosed(chat, false);
      await (chat.chatId < 0 ? sandbox.addBot(memberOf(chat)) : sandbox.unblock(ownerOf(chat)));
    },
    async upgradeGroup() {
      const before = chats.groupId();
      // A supergroup's id begins with -100: it is upgraded once.
      if (before === null || String(before).startsWith('-100')) return;
      stir();
      const chatId = await sandbox.upgradeGroup(before);
      states.moveGroup(chatId);
      for (const [key, chat] of closed) if (chat.chatId === before) closed.set(key, { ...chat, chatId });
    },
    reset() {
      sandbox.clearFaults();
      sandbox.setOutage('none');
      for (const chat of [...closed.values()]) void troubles.reopen(chat);
    },
  };
  return troubles;
}

/** Everybody who may be in a group is. */
function memberOf({ bot, chatId }: Chat): { userId: number; bot: string; chatId: number } {
  return { userId: stranger.id, bot, chatId };
}

function ownerOf({ bot, chatId }: Chat): { userId: number; bot: string } {
  return { userId: admins.find(({ id }) => id === chatId)?.id ?? chatId, bot };
}
