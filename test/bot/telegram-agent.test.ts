import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createTelegramAgent } from '#bot/telegram/telegram-agent.ts';

/** How long the connection that is kept after one call may be idle, in milliseconds. */
async function idleBoundAfter(keepAliveTimeout: number): Promise<number | undefined> {
  const server = createServer((_request, response) => response.end('{}'));
  server.keepAliveTimeout = keepAliveTimeout;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = createTelegramAgent(url);
  try {
    const kept = once(agent, 'free');
    get(url, { agent }, (response) => response.resume());
    const [socket] = (await kept) as [Socket];
    await expect.poll(() => Object.keys(agent.freeSockets)).toHaveLength(1);
    return socket.timeout;
  } finally {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  }
}

test('an idle connection is closed before the other side closes it', async () => {
  expect(await idleBoundAfter(5_000)).toBe(4_000);
});

test('an idle connection is not kept for longer than routers remember it', async () => {
  expect(await idleBoundAfter(600_000)).toBe(30_000);
});

test('Telegram itself is called over TLS', () => {
  expect(createTelegramAgent(undefined)).toHaveProperty('protocol', 'https:');
  expect(createTelegramAgent('https://api.telegram.org')).toHaveProperty('protocol', 'https:');
});
