import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { beginOrder } from '#test/support/app-fixture/order-in-hand.ts';
import { openWorld, type World } from '#test/support/app-fixture/world.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

let world: World;
let lines: string[];
beforeEach(async () => {
  lines = [];
  world = await openWorld();
});
afterEach(() => world.stop());

async function openApp() {
  const loaded = loadConfig(world.environment, { readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  const logDestination = { write: (line: string) => void lines.push(JSON.parse(line).msg) };
  return createApp({ config: loaded.config, clock: world.clock, logDestination });
}

test('a stop that comes during the start leaves nothing running', async () => {
  const app = await openApp();
  const started = app.start();
  await Promise.all([app.stop(), app.stop()]);
  expect(await started).toMatchObject({ port: expect.any(Number) });
  expect(lines.at(-1)).toBe('stopped');
  await expect(fetch(`${world.url}/livez`)).rejects.toThrow();
});

test('jobs are told to stop at once, and not after the requests in hand have had their time', async () => {
  const app = await openApp();
  await app.start();
  const order = await beginOrder(world.url);
  const stopped = app.stop();
  await awaitUntil(() => app.runJob('expire-orders') === undefined, { what: 'the jobs to be told' });
  expect(await order.finish()).toBe(201);
  await stopped;
  expect(lines.at(-1)).toBe('stopped');
});
