// What strangers on the network do to a product that has few descriptors, as it is set up by a system's default.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createShopClient } from '#test/support/app-fixture/shop-client.ts';
import { adminBot, openWorld, owner, storeKey } from '#test/support/app-fixture/world.ts';
import { createProductProcess } from '#test/support/process/product-process.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const descriptorsMax = 300;
const strangers = 600;

test('six hundred idle connections under a limit of three hundred descriptors take no order and no chat away', async () => {
  const world = await openWorld();
  const product = createProductProcess(world, { descriptorsMax });
  const sockets: Socket[] = [];
  try {
    product.start();
    await product.awaitReady();
    const { port } = new URL(world.url);
    for (let count = 0; count < strangers; count += 1) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const client = createShopClient({ url: world.url, key: storeKey });
    // The order is answered only after a call to the provider, and the command after calls to Telegram.
    expect(await client.tryOrder()).toMatchObject({ status: 201 });
    await world.telegram.sendText({ userId: owner.id, bot: adminBot, text: '/orders' });
    await world.telegram.awaitMessage(
      ({ bot, from, text }) => bot === adminBot && from.isBot && text.includes('49.00'),
    );
    // The shop's own connection is older than those of the strangers, of which one is accepted at a time.
    const isCrowded = async (): Promise<boolean> =>
      /^tillkeeper_connections_cut_total\{reason="crowded"\} [1-9]/m.test((await client.send('/metrics')).text);
    await awaitUntil(isCrowded, { what: 'strangers to be cut off' });
    expect(product.complaints()).toBe('');
  } finally {
    for (const socket of sockets) socket.destroy();
    product.remove();
    await world.stop();
  }
});
