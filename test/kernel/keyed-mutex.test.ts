import { describe, expect, test } from 'vitest';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';

describe('work under a key', () => {
  test('runs one at a time in the order of asking, and does not wait for another key', async () => {
    const mutex = createKeyedMutex();
    const gate = Promise.withResolvers<void>();
    const done: string[] = [];
    const work = (name: string, until?: Promise<void>) => async () => {
      await until;
      done.push(name);
    };
    const all = [mutex.run('a', work('a1', gate.promise)), mutex.run('a', work('a2')), mutex.run('b', work('b1'))];
    await all[2];
    expect(done).toEqual(['b1']);
    expect([mutex.depth('a'), mutex.depth('b'), mutex.size()]).toEqual([2, 0, 2]);
    gate.resolve();
    await Promise.all(all);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  test('runs all the same behind a failure, which is that of its caller', async () => {
    const mutex = createKeyedMutex();
    const failing = mutex.run('a', () => Promise.reject(new Error('no')));
    const next = mutex.run('a', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  test('is idle when nothing runs or waits, whatever failed', async () => {
    const mutex = createKeyedMutex();
    await mutex.idle();
    let isDone = false;
    const failing = mutex.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
    const behind = mutex.run('a', async () => {
      isDone = true;
    });
    await mutex.idle();
    expect([isDone, mutex.size()]).toEqual([true, 0]);
    await Promise.all([failing, behind]);
  });
});
