// Each chat has one card of a case. A message may come twice where Telegram's answer to the first was lost, or the process ended
// before it could be written down.
import type { Milliseconds } from '#kernel/clock.ts';
import { second } from '#kernel/clock.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';
import { createMemory } from '../memory.ts';

/** True times at which the answer to a message may have been lost. */
const memoryOf = createMemory((): { lostAt: Milliseconds[] } => ({ lostAt: [] }));

const losses = /"msg":"(?:started|message put back|message owed|message not settled|attempt threw|alert not shown)"/;
/** That an answer was lost is told at the end of the attempt, which a pause at rest makes long. */
const attemptMaxMs: Milliseconds = 600 * second;
/** A message of a process that has ended meanwhile may still be on its way. */
const onTheWayMaxMs: Milliseconds = 21 * second;
const cardButton = /^alert:\w+:([\w-]{22})$/;

export const ringsOnce: Invariant = {
  number: 5,
  promise: 'A case is one message in a chat.',
  begin(world) {
    const { lostAt } = memoryOf(world);
    world.log.onLine((line) => {
      if (losses.test(line)) lostAt.push(world.now());
    });
  },
  *atRest({ world }) {
    // After a restore the product no longer knows what it has sent.
    if (world.restores.length > 0) return;
    const { lostAt } = memoryOf(world);
    for (const [key, dates] of cardsOf(world)) {
      for (const [index, date] of dates.entries()) {
        const before = dates[index - 1];
        if (before === undefined) continue;
        const wasLost = lostAt.some(
          (at) => at >= before * second - onTheWayMaxMs && at <= date * second + attemptMaxMs,
        );
        if (!wasLost)
          yield `${key} has two cards, of ${new Date(before * second).toISOString()} and ${new Date(date * second).toISOString()}`;
      }
    }
  },
};

/** When cards were sent, in seconds, by chat and case. */
function cardsOf({ telegram: { chats } }: World): Map<string, number[]> {
  const sent = new Map<string, number[]>();
  for (const chat of chats.all()) {
    for (const message of chats.messages(chat)) {
      const buttons = [...message.keyboard.flat(), ...chats.earlierButtons(message)];
      const id = buttons.map(({ callback_data: data = '' }) => cardButton.exec(data)?.[1]).find((found) => found);
      if (id === undefined) continue;
      const key = `case ${id} in ${chat.bot} ${chat.chatId}`;
      sent.set(key, [...(sent.get(key) ?? []), message.date]);
    }
  }
  return sent;
}
