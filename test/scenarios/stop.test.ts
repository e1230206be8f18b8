import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginOrder } from '#test/support/app-fixture/order-in-hand.ts';
import { openWorld, type World } from '#test/support/app-fixture/world.ts';
import { createProductProcess, type ProductProcess } from '#test/support/process/product-process.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

let world: World;
let product: ProductProcess;
beforeEach(async () => {
  world = await openWorld({ env: { LOG_LEVEL: 'info' } });
  product = createProductProcess(world);
  product.start();
  await product.awaitReady();
});
afterEach(async () => {
  product.remove();
  await world.stop();
});

const isSaid = (words: string) => () => product.complaints().includes(words);

test('a SIGTERM to the whole group that arrives twice lets the order in hand be answered, and ends with 0', async () => {
  const order = await beginOrder(world.url);
  product.signalGroup('SIGTERM');
  await awaitUntil(isSaid('"stopping"'), { what: 'the first signal to be heard' });
  product.signalGroup('SIGTERM');
  product.signalGroup('SIGINT');
  expect(await order.finish()).toBe(201);
  expect(await product.awaitExit()).toBe(0);
  expect(product.complaints()).toContain('"msg":"stopped"');
});
