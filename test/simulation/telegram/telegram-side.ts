// Telegram with its people, in simulated time.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Sleep } from '#sandbox/kit/sleep.ts';
import { telegramLimits } from '#sandbox/telegram/limits.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { createTelegramSandbox } from '#sandbox/telegram/sandbox.ts';
import type { PostUpdate } from '#sandbox/telegram/webhook.ts';
import type { Journal } from '../engine/journal.ts';
import type { Stream } from '../engine/random.ts';
import type { Rest } from '../engine/rest.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { Network } from '../machine/network.ts';
import type { Disturbances } from '../world/disturbances.ts';
import { addresses, admins, bots, groupId, type ShopSettings, stranger } from '../world/settings.ts';
import { type Act, createPeople, type People } from './acts.ts';
import { type Chat, type Chats, createChats } from './chats.ts';
import { noteFailures, watchRefusals } from './refusals.ts';
import { createTroubles, type TelegramTroubles } from './troubles.ts';

export interface TelegramSide {
  /** What admins and strangers did, in order. */
  readonly acts: readonly Act[];
  readonly chats: Chats;
  readonly people: People;
  readonly troubles: TelegramTroubles;
  /** A sentence for each call that Telegram refused though nobody made it. */
  readonly refused: readonly string[];
}

/** Shorter waits are between two attempts to reach a webhook. */
const longPollMs: Milliseconds = 20_000;
/** As long as Telegram waits for an answer to an update. */
const answerMaxMs: Milliseconds = 60_000;
/** Somebody forgot to press Start in one of the chats; until they write there, the bot may not. */
const forgotShare = 0.15;

export function createTelegramSide(deps: {
  network: Network;
  timeline: Timeline;
  journal: Journal;
  disturbances: Disturbances;
  now(): Milliseconds;
  deadline(ms: Milliseconds): AbortSignal;
  rest: Rest;
  chance: Stream;
  settings: ShopSettings;
}): TelegramSide {
  const { network, timeline, journal, chance, settings, rest, now } = deps;
  const started = drawStarted(chance);
  const hasGroup = settings.alertChatId !== null;
  const names = bots.map(({ username }) => username);
  const everybody = [...admins, stranger];
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve) => {
      const cancel = (ms < longPollMs ? timeline.after : rest.hold)(ms, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
    });
  const post: PostUpdate = async (url, { headers, body }, stopping) => {
    const signal = AbortSignal.any([stopping, deps.deadline(answerMaxMs)]);
    const answer = await network.call({ method: 'POST', url, headers: new Headers(headers), body }, signal);
    return { status: answer.status, statusText: '', body: new TextDecoder().decode(answer.body) };
  };
  const sandbox = createTelegramSandbox({
    bots,
    users: everybody,
    groups: hasGroup ? [{ id: groupId, title: 'Team', users: everybody.map(({ id }) => id), bots: names }] : [],
    startedChats: started.map(({ bot, chatId }) => ({ bot, userId: chatId })),
    now,
    limits: telegramLimits,
    random: (count) => chance.bytes(count),
    sleep,
    post,
  });
  network.listen(addresses.telegram, (request, connection) => sandbox.fetch(request, connection));
  sandbox.onMessage((message) => {
    if (message.from.isBot) journal.note('telegram', headlineOf(message));
  });
  noteFailures(sandbox, deps.disturbances);
  const { chats, states } = createChats({ sandbox, bots: names, started, hasGroup });
  return {
    ...createPeople({ sandbox, states, journal, now }),
    chats,
    troubles: createTroubles({ sandbox, chats, states, stir: rest.stir }),
    refused: watchRefusals(sandbox),
  };
}

function drawStarted(chance: Stream): Chat[] {
  const all = admins.flatMap(({ id }) => bots.map(({ username }): Chat => ({ bot: username, chatId: id })));
  const forgotten = chance.chance(forgotShare) ? chance.int(all.length) : -1;
  return all.filter((_chat, index) => index !== forgotten);
}

function headlineOf({ bot, chatId, messageId, edits, text }: SandboxMessage): string {
  const [first = ''] = text.split('\n', 1);
  return `@${bot} ${chatId}/${messageId}${edits > 0 ? ' edited' : ''}: ${first.slice(0, 100)}`;
}
