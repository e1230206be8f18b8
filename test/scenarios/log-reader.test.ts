// Whoever reads the log, as a pipe to another program or a disk, may stop reading: the shop goes on.
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createShopClient } from '#test/support/app-fixture/shop-client.ts';
import { openWorld, storeKey } from '#test/support/app-fixture/world.ts';
import { createProductProcess } from '#test/support/process/product-process.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

/** A pipe that is full to the brim before anybody writes a log to it. */
function openFullPipe() {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-pipe-'));
  const path = join(folder, 'log');
  spawnSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  const filling = Buffer.alloc(4_096, '\n');
  while (attempt(() => writeSync(reader, filling)) > 0);
  let isOpen = true;
  return {
    writer,
    /** What is in the pipe now. */
    read(): string {
      const chunk = Buffer.alloc(64 * 1024);
      let text = '';
      for (let read = 1; read > 0; ) {
        read = attempt(() => readSync(reader, chunk));
        text += chunk.toString('utf8', 0, read);
      }
      return text;
    },
    leave() {
      if (isOpen) closeSync(reader);
      isOpen = false;
    },
    remove() {
      this.leave();
      closeSync(writer);
      rmSync(folder, { recursive: true });
    },
  };
}

/** How many bytes could be moved; 0 when the pipe is full, or empty. */
function attempt(move: () => number): number {
  try {
    return move();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

async function openShop(stdout: number) {
  const world = await openWorld({ env: { LOG_LEVEL: 'info' } });
  const product = createProductProcess(world, { stdout });
  product.start();
  return {
    product,
    client: createShopClient({ url: world.url, key: storeKey }),
    async [Symbol.asyncDispose]() {
      product.remove();
      await world.stop();
    },
  };
}

test('a reader that stalls holds up no order, and reads the whole log once it is back', async () => {
  const pipe = openFullPipe();
  await using shop = await openShop(pipe.writer);
  await shop.product.awaitReady();
  expect(await shop.client.tryOrder()).toMatchObject({ status: 201 });
  let log = '';
  const isRead = (words: string) => () => {
    log += pipe.read();
    return log.includes(words);
  };
  await awaitUntil(isRead('"started"'), { what: 'the log of the start' });
  shop.product.signalGroup('SIGTERM');
  await awaitUntil(isRead('"stopped"'), { what: 'the end of the log' });
  expect(await shop.product.awaitExit()).toBe(0);
  pipe.remove();
});

test('a reader that never comes back does not keep the process from ending', async () => {
  const pipe = openFullPipe();
  await using shop = await openShop(pipe.writer);
  await shop.product.awaitReady();
  expect(await shop.product.stop()).toBe(0);
  pipe.remove();
});

test('a reader that is gone, or a disk without room, costs the log only, and is counted', async () => {
  const pipe = openFullPipe();
  pipe.leave();
  for (const stdout of [pipe.writer, openSync('/dev/full', 'w')]) {
    await using shop = await openShop(stdout);
    await shop.product.awaitReady();
    expect(await shop.client.tryOrder()).toMatchObject({ status: 201 });
    expect((await shop.client.send('/metrics')).text).toMatch(/^tillkeeper_log_lines_dropped_total [1-9]/m);
    expect(await shop.product.stop()).toBe(0);
    expect(shop.product.complaints()).toBe('');
  }
  pipe.remove();
});
