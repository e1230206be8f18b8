import { expect, test } from 'vitest';
import { createWakeInTime } from '#messaging/workers/wake-in-time.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

test('a queue is woken at once for what is due, and once for each time at which something will be', async () => {
  const clock = createTestClock();
  const beganAt = clock.now();
  const woken: string[] = [];
  const wake = createWakeInTime(clock, (queue) => woken.push(`${queue} ${clock.now() - beganAt}`));
  const advance = async (ms: number): Promise<string[]> => {
    clock.advance(ms);
    await new Promise(setImmediate);
    return woken.splice(0);
  };
  wake('inbox', null);
  wake('outbox:shop', beganAt);
  expect(woken.splice(0)).toEqual(['inbox 0', 'outbox:shop 0']);
  for (const dueIn of [500, 700, 500, 300]) wake('outbox:pager', beganAt + dueIn);
  wake('outbox:shop', beganAt + 500);
  expect(await advance(299)).toEqual([]);
  expect(await advance(1)).toEqual(['outbox:pager 300']);
  expect(await advance(200)).toEqual(['outbox:pager 500', 'outbox:shop 500']);
  wake('outbox:pager', beganAt + 900);
  expect(await advance(400)).toEqual(['outbox:pager 900']);
  expect(await advance(5_000)).toEqual([]);
});
