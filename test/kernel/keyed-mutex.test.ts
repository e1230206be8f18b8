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

  test('of a third caller waits while the second works, and a key of which nothing is left is forgotten', async () => {
    const mutex = createKeyedMutex();
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const begun: number[] = [];
    const work = (turn: number) => async () => {
      begun.push(turn);
      await gates[turn]?.promise;
    };
    const first = mutex.run('a', work(0));
    const second = mutex.run('a', work(1));
    gates[0]?.resolve();
    await first;
    // The second has the key now, and whoever comes now is behind it.
    const third = mutex.run('a', work(2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual([0, 1]);
    expect(mutex.depth('a')).toBe(2);
    gates[1]?.resolve();
    await Promise.all([second, third]);
    expect(begun).toEqual([0, 1, 2]);
    expect([mutex.depth('a'), mutex.size()]).toEqual([0, 0]);
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

  test('whose time is over before its turn comes never runs, and does not keep its caller', async () => {
    const mutex = createKeyedMutex();
    const gate = Promise.withResolvers<void>();
    const ending = new AbortController();
    const done: string[] = [];
    const note = (name: string) => async () => void done.push(name);
    const first = mutex.run('a', () => gate.promise, ending.signal);
    const second = mutex.run('a', note('second'), ending.signal);
    const third = mutex.run('a', note('third'));
    await new Promise((resolve) => setImmediate(resolve));
    ending.abort(new Error('too late'));
    await expect(second).rejects.toThrow('too late');
    expect(mutex.depth('a')).toBe(3);
    await expect(mutex.run('a', note('fourth'), ending.signal)).rejects.toThrow('too late');
    gate.resolve();
    await Promise.all([first, third]);
    expect([done, mutex.size()]).toEqual([['third'], 0]);
    await expect(mutex.run('a', note('fifth'), ending.signal)).rejects.toThrow('too late');
  });
});
