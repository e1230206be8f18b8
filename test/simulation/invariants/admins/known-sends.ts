// Which messages of the bots the product knows that it has sent: Telegram's answer reached a process that could write it down.
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Passed } from '../../machine/listen-in.ts';
import type { HttpRequest } from '../../machine/network.ts';
import type { Chat } from '../../telegram/chats.ts';
import { bots } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { createMemory } from '../memory.ts';

/** When the answer arrived, of true time, by chat and message. */
const memoryOf = createMemory(() => new Map<string, Milliseconds>());

/** What arrives is written down at once, unless a machine that is busy takes its time. */
const writtenWithinMs: Milliseconds = 5 * second;

export function listenForSends(world: World): void {
  const arrived = memoryOf(world);
  const askedBy = new WeakMap<HttpRequest, unknown>();
  world.onPassed(({ request, answer }) => {
    if (answer === undefined) askedBy.set(request, world.machine.runtime());
    // Whoever asked for it has ended meanwhile, or is cut off.
    if (askedBy.get(request) !== world.machine.runtime() || !world.machine.isReachable()) return;
    const [, token, method] = /\/bot([^/]+)\/(\w+)$/.exec(request.url) ?? [];
    const bot = bots.find((one) => one.token === token)?.username;
    if (answer?.status !== 200 || bot === undefined || method !== 'sendMessage') return;
    const { chatId, messageId } = messageOf(answer);
    arrived.set(keyOf({ bot, chatId }, messageId), world.now());
  });
}

function messageOf({ body }: NonNullable<Passed['answer']>): { chatId: number; messageId: number } {
  const { result } = JSON.parse(new TextDecoder().decode(body)) as {
    result: { message_id: number; chat: { id: number } };
  };
  return { chatId: result.chat.id, messageId: result.message_id };
}

/** What leaves before something is known may arrive after it: longer on a slow network. */
const onTheWayMs: Milliseconds = second;
const slowlyOnTheWayMs: Milliseconds = 21 * second;

/** Whether the product knew at this moment, in seconds, that it had sent this message some time before. */
export function wasKnownAt(world: World, message: Chat & { messageId: number }, date: number): boolean {
  const at = memoryOf(world).get(keyOf(message, message.messageId));
  // Its answer was lost.
  if (at === undefined) return false;
  const { disturbances } = world;
  const until = date * second;
  const isSlow = (what: string): boolean => what.startsWith('the network');
  const isSlowNow = disturbances.between(until - slowlyOnTheWayMs, until, isSlow) !== undefined;
  if (until - at <= (isSlowNow ? slowlyOnTheWayMs : onTheWayMs)) return false;
  const isInTheWay = (what: string): boolean => what === 'the process is down' || what.startsWith('the disk');
  return disturbances.between(at, at + writtenWithinMs, isInTheWay) === undefined;
}

function keyOf({ bot, chatId }: Chat, messageId: number): string {
  return `${bot} ${chatId}/${messageId}`;
}
