import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { openWorld, type World } from '#test/support/app-fixture/world.ts';

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
