// Telegram is away, fails, wants less of us, or a chat of its is closed to the bots for a while.
import { hour } from '#kernel/clock.ts';
import type { Failures, Fault } from '#sandbox/telegram/faults.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { Chat } from '../../telegram/chats.ts';
import type { World } from '../../world/world.ts';
import { drawLength, drawRate, drawSome, whenBusy } from './draw.ts';

export const telegramAway: StepKind = {
  share: 0.35,
  perDay: 2,
  async act(world, chance) {
    const { faults, telegram } = world;
    await whenBusy(world, chance);
    const kind = chance.pick(['unreachable', 'errors'] as const);
    await faults.during({
      what: `Telegram is away: ${kind}`,
      ms: drawLength(chance, 5 * hour),
      begin() {
        telegram.troubles.setOutage(kind);
        return () => telegram.troubles.setOutage('none');
      },
    });
  },
};

export const telegramFails: StepKind = {
  share: 0.35,
  perDay: 2,
  async act({ faults, telegram }, chance) {
    const failures: Failures = {
      rate: drawRate(chance),
      kinds: drawSome(chance, ['flood', 'error_500', 'reset', 'timeout']),
      afterEffectShare: chance.pick([0, 0.5, 1]),
      retryAfterSeconds: chance.pick([1, 3, 30, 600]),
    };
    await faults.during({
      what: `calls of Telegram fail: ${JSON.stringify(failures)}`,
      ms: drawLength(chance, 3 * hour),
      begin() {
        telegram.troubles.setFailures(failures);
        return () => telegram.troubles.setFailures({ rate: 0 });
      },
    });
  },
};

function drawChat({ telegram, settings }: World, chance: Stream): Chat {
  const ids = new Set([...settings.admins.map(({ id }) => id), telegram.chats.groupId()]);
  const chats = telegram.chats.all().filter(({ chatId }) => ids.has(chatId));
  const chat = chats[chance.int(chats.length)];
  if (chat === undefined) throw new Error('there is no chat');
  return chat;
}

/** Nothing is wrong with Telegram, and one chat takes nothing for a while. */
export const chatFlooded: StepKind = {
  share: 0.3,
  perDay: 2,
  async act(world, chance) {
    await whenBusy(world, chance);
    if (world.faults.areOver()) return;
    const { chatId } = drawChat(world, chance);
    const [times, retryAfterSeconds] = [chance.between(1, 12), chance.pick([1, 5, 40, 900])];
    world.journal.note('fault', `chat ${chatId} is flooded ${times} times, retry after ${retryAfterSeconds} s`);
    world.telegram.troubles.failNext({ kind: 'flood', chatId, times, retryAfterSeconds });
  },
};

type Refusal = NonNullable<Fault['refusal']>;
const refusals: readonly [Refusal, ...Refusal[]] = [
  { code: 400, description: 'Bad Request: not enough rights to send text messages to the chat' },
  { code: 400, description: 'Bad Request: chat not found' },
  { code: 400, description: 'Bad Request: TOPIC_CLOSED' },
  { code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' },
  { code: 403, description: 'Forbidden: user is deactivated' },
];

export const chatRefuses: StepKind = {
  share: 0.2,
  perDay: 1.5,
  async act(world, chance) {
    await whenBusy(world, chance);
    if (world.faults.areOver()) return;
    const { chatId } = drawChat(world, chance);
    const [times, refusal] = [chance.between(1, 5), chance.pick(refusals)];
    world.journal.note('fault', `chat ${chatId} refuses ${times} times: ${refusal.description}`);
    world.telegram.troubles.failNext({ kind: 'refuse', chatId, times, refusal });
  },
};

/** An admin blocks a bot, or somebody removes it from the group, and regrets it later. */
export const chatClosed: StepKind = {
  share: 0.3,
  perDay: 1.5,
  async act(world, chance) {
    const { faults, telegram } = world;
    await whenBusy(world, chance);
    const chat = drawChat(world, chance);
    await faults.during({
      what: `@${chat.bot} is shut out of chat ${chat.chatId}`,
      ms: drawLength(chance, 8 * hour),
      begin() {
        void telegram.troubles.close(chat);
        return () => {
          // The group may have another id by then.
          const chatId = chat.chatId < 0 ? (telegram.chats.groupId() ?? chat.chatId) : chat.chatId;
          void telegram.troubles.reopen({ ...chat, chatId });
        };
      },
    });
  },
};

/** Once in its life: from then on it has another id. */
export const groupUpgraded: StepKind = {
  share: 0.5,
  perDay: 4,
  async act(world, chance) {
    await whenBusy(world, chance);
    world.journal.note('fault', 'the group becomes a supergroup');
    await world.telegram.troubles.upgradeGroup();
  },
};
