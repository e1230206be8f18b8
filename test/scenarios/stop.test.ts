import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderBody } from '#test/support/app-fixture/shop-client.ts';
import { openWorld, storeKey, type World } from '#test/support/app-fixture/world.ts';
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

/** An order whose body is sent by halves; resolves once the server has it in hand. */
async function beginOrder(): Promise<{ finish(): Promise<number | undefined> }> {
  const body = JSON.stringify(orderBody());
  const headers = {
    authorization: `Bearer ${storeKey}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  };
  const inHand = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<number | undefined>();
  answered.promise.catch(() => undefined);
  const sent = request(`${world.url}/v1/orders`, { method: 'POST', headers });
  sent.on('continue', () => inHand.resolve());
  sent.on('response', (response) => {
    response.resume().on('end', () => answered.resolve(response.statusCode));
  });
  sent.on('error', (error) => {
    inHand.reject(error);
    answered.reject(error);
  });
  sent.flushHeaders();
  await inHand.promise;
  return {
    finish() {
      sent.end(body);
      return answered.promise;
    },
  };
}

const isSaid = (words: string) => () => product.complaints().includes(words);

test('a SIGTERM to the whole group that arrives twice lets the order in hand be answered, and ends with 0', async () => {
  const order = await beginOrder();
  product.signalGroup('SIGTERM');
  await awaitUntil(isSaid('"stopping"'), { what: 'the first signal to be heard' });
  product.signalGroup('SIGTERM');
  product.signalGroup('SIGINT');
  expect(await order.finish()).toBe(201);
  expect(await product.awaitExit()).toBe(0);
  expect(product.complaints()).toContain('"msg":"stopped"');
});
